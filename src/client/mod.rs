//! The browser side of live delivery.
