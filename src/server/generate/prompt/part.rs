//! What a prompt is made of, and what kinds of work it asks for.

/// A part of a prompt, in the order in which they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    Role,
    Task,
    Context,
    Audience,
    Inputs,
    Constraints,
    Tone,
    Format,
    Examples,
    Success,
}

impl Part {
    pub const ALL: [Self; 10] = [
        Self::Role,
        Self::Task,
        Self::Context,
        Self::Audience,
        Self::Inputs,
        Self::Constraints,
        Self::Tone,
        Self::Format,
        Self::Examples,
        Self::Success,
    ];

    pub const fn label(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Task => "task",
            Self::Context => "context",
            Self::Audience => "audience",
            Self::Inputs => "inputs",
            Self::Constraints => "constraints",
            Self::Tone => "tone",
            Self::Format => "output format",
            Self::Examples => "examples",
            Self::Success => "success criteria",
        }
    }
}

/// What is to be done: it decides which missing parts matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// A text is to be written.
    Text,
    /// Something that runs.
    Code,
    /// An explanation, an answer, advice.
    Explain,
    /// Something given is to be turned into something else.
    Transform,
}

impl Work {
    /// Parts without which the work is guesswork.
    pub const fn needs(self) -> &'static [Part] {
        match self {
            Self::Code => &[Part::Context, Part::Success],
            Self::Text | Self::Explain => &[Part::Audience, Part::Format],
            Self::Transform => &[Part::Inputs, Part::Format],
        }
    }
}
