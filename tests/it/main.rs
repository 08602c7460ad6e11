//! The whole-app tests: one binary, so that one link serves all of them.

mod tidy;
