//! What a project's room shows besides its present run: small panels that know the [`Room`](crate::client::room::Room) and nothing of each other.
//!
//! Every form posts to the room's own address, with the word for what is wanted in `do`, and works without script.

mod comments;
mod head;
mod runs;
mod shares;

pub use comments::{Comments, note_lines};
pub use head::RoomHead;
pub use runs::Runs;
pub use shares::Shares;
