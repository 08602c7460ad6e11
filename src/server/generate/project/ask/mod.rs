//! What language models are asked for, where there are any: a better model of a brief's entities ([`entities`]), and rules between fields,
//! which no model of entities can say ([`rules`]). Never for the skeleton: that is the blueprint's.
//!
//! The brief is data, and so is whatever comes back. A question holds the brief and what was made of it, nothing else of this server. An
//! answer is one JSON object, bounded, read strictly; entities have to keep the rules of all models, files may only have the paths that were
//! offered. What is refused goes to the next model of the chain, and when none has answered well, the built-in rules do it alone.
//!
//! Code that a model wrote is read and put in order by [`look`], run by the gates, and kept only if all of them are passed ([`mend`]): at
//! most two times its author is told what went wrong. All of it happens in the sandbox. Without one, nobody is asked for code.

pub mod entities;
pub mod look;
pub mod mend;
pub mod rules;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    protocol::Level,
    server::{
        generate::{StageContext, StageError, Stop, draft},
        inert::clean_text,
        model::{Ask, Models, Outcome, chain::Check},
    },
};

/// Where a task shows what a model says while it says it. It is no part of the project.
pub const DRAFTS: &str = "drafts/";
/// Of one answer.
const MAX_OUTPUT_TOKENS: u32 = 8_192;
/// A model with fewer could not say anything whole.
const MIN_OUTPUT_TOKENS: u32 = 512;

/// What a language model had a hand in, for the manifest and the result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Credits {
    /// Who made the entities of the brief; none: the built-in rules, or whoever gave the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entities: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<rules::Credit>,
}

impl Credits {
    pub const fn is_empty(&self) -> bool {
        self.entities.is_none() && self.rules.is_none()
    }
}

/// An answer that passed its check.
#[derive(Debug)]
pub struct Said {
    pub text: String,
    /// `gemini/gemini-2.5-flash`
    pub by: String,
    pub tokens: u64,
}

/// Whom to ask, and how much may be used for all questions of a task together.
pub struct Asking<'a> {
    pub models: &'a Models,
    pub context: &'a dyn StageContext,
    /// What is left of the task's tokens.
    pub tokens: u64,
}

impl Asking<'_> {
    /// Asks one after the other; `file` grows with the answer. `None`: nobody answered well, and why is in the log.
    ///
    /// # Errors
    /// When the stage is to stop.
    pub async fn ask(&self, system: &str, question: &Value, check: &Check<'_>, file: &str) -> Result<Option<Said>, StageError> {
        let prompt = question.to_string();
        // A token is about four bytes; what the question takes cannot be used for the answer.
        let asking = ((system.len() + prompt.len()) / 4) as u64;
        let left = u32::try_from(self.tokens.saturating_sub(asking)).unwrap_or(u32::MAX).min(MAX_OUTPUT_TOKENS);
        if left < MIN_OUTPUT_TOKENS {
            self.context.log(Level::Info, "No model is asked: the task's tokens are used up".into()).await?;
            return Ok(None);
        }
        let ask = Ask { system: system.into(), prompt, max_output_tokens: left, temperature: Some(0.2) };
        let outcome = draft::ask(self.models, &ask, check, self.context, &format!("{DRAFTS}{file}")).await?;
        for attempt in outcome.tries() {
            self.context.log(Level::Info, attempt.to_string()).await?;
        }
        match outcome {
            Outcome::Answered { answer, .. } => Ok(Some(Said {
                by: format!("{}/{}", answer.provider, answer.model),
                tokens: answer.tokens_in.saturating_add(answer.tokens_out),
                text: answer.text,
            })),
            Outcome::BuiltIn { .. } => Ok(None),
            Outcome::Cancelled { .. } => Err(StageError::Stop(Stop::Cancelled)),
        }
    }
}

/// The one JSON object of an answer, whatever stands around it; control characters are gone.
fn object(text: &str) -> Result<Value, String> {
    let clean = clean_text(text);
    let (from, to) = (clean.find('{'), clean.rfind('}'));
    let (Some(from), Some(to)) = (from, to.filter(|to| from.is_some_and(|from| from < *to))) else {
        return Err("it is no JSON object".into());
    };
    // serde_json stops at a depth of 128 by itself.
    serde_json::from_str(&clean[from..=to]).map_err(|error| format!("it is no JSON: {error}"))
}

#[cfg(test)]
mod tests {
    use super::object;

    #[test]
    fn one_object_is_found_in_what_is_said_around_it() {
        for text in ["{\"a\": 1}", "```json\n{\"a\": 1}\n```", "Sure! Here it is:\n{\"a\": 1} Have fun."] {
            assert_eq!(object(text).unwrap()["a"], 1, "{text}");
        }
        for text in ["", "no", "}{", "{", "{\"a\": }", "{\"a\": 1", &"{\"a\":".repeat(5_000)] {
            assert!(object(text).is_err(), "{text}");
        }
    }
}
