//! The engine as a whole: a corpus of prompts that people write, properties that hold for any, and its bounds.

mod corpus;
mod properties;
