//! The browser side of live delivery, and the few things a page asks of the browser.
//!
//! [`reconnect`] decides (pure, both targets), [`view`] holds what the page shows, [`room`] what a project's room shows besides, [`edge`] does the talking:
//! `live/` in the browser and `still.rs` on the server have the same signatures, so that pages need no gate.

pub mod consent;
pub mod document;
pub mod reconnect;
pub mod room;
pub mod view;

#[cfg_attr(feature = "hydrate", path = "live/mod.rs")]
#[cfg_attr(not(feature = "hydrate"), path = "still.rs")]
pub mod edge;
