//! Drafts as a whole: a corpus of briefs that people write, and what holds for any text.

mod corpus;
mod properties;
