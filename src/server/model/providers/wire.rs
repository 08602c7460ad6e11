//! The four wire formats: what a question looks like, and what a message of the answer says. Pure.
//!
//! - `Wire::OpenAi`, chat completions as a stream; `OpenAI`, Groq and the many that speak it
//! - `Wire::Gemini`, `streamGenerateContent?alt=sse`
//! - `Wire::Anthropic`, messages as a stream
//! - `Wire::Ollama`, its own `/api/chat`, lines of JSON; the `OpenAI` way of it cannot say how much room the question needs, and
//!   Ollama silently drops what does not fit
//!
//! Unknown fields and unknown messages are skipped: providers add some every month.

use serde_json::{Value, json};

use super::{faults, lines::Framing};
use crate::server::{
    config::Provider,
    model::{Ask, ModelError, TooLong},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    OpenAi,
    Gemini,
    Anthropic,
    Ollama,
}

/// What a message says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    pub text: String,
    pub tokens_in: Option<u64>,
    pub tokens_out: Option<u64>,
    /// The text is complete; counts may follow.
    pub finished: bool,
    /// Nothing follows.
    pub done: bool,
}

impl Wire {
    pub fn of(provider: Provider) -> Self {
        match provider {
            Provider::Gemini => Self::Gemini,
            Provider::Anthropic => Self::Anthropic,
            Provider::Ollama => Self::Ollama,
            Provider::Groq | Provider::OpenAi | Provider::OpenAiCompatible => Self::OpenAi,
        }
    }

    pub fn framing(self) -> Framing {
        if self == Self::Ollama { Framing::Lines } else { Framing::Events }
    }

    /// What follows the base address.
    pub fn path(self, model: &str) -> String {
        match self {
            Self::OpenAi => "/chat/completions".into(),
            Self::Gemini => format!("/models/{model}:streamGenerateContent?alt=sse"),
            Self::Anthropic => "/messages".into(),
            Self::Ollama => "/api/chat".into(),
        }
    }

    pub fn body(self, provider: Provider, model: &str, ask: &Ask) -> Value {
        let Ask { system, prompt, max_output_tokens, temperature } = ask;
        let messages = || {
            let system = (!system.is_empty()).then(|| json!({"role": "system", "content": system}));
            system.into_iter().chain([json!({"role": "user", "content": prompt})]).collect::<Value>()
        };
        let mut body = match self {
            Self::OpenAi => {
                // OpenAI's newer models take only the new name, most others know only the old one.
                let limit = if provider == Provider::OpenAi { "max_completion_tokens" } else { "max_tokens" };
                let mut body = json!({"model": model, "stream": true, "messages": messages(), limit: max_output_tokens});
                if provider != Provider::Groq {
                    body["stream_options"] = json!({"include_usage": true});
                }
                body
            }
            Self::Gemini => {
                let mut body = json!({
                    "contents": [{"role": "user", "parts": [{"text": prompt}]}],
                    "generationConfig": {"maxOutputTokens": max_output_tokens},
                });
                if !system.is_empty() {
                    body["systemInstruction"] = json!({"parts": [{"text": system}]});
                }
                body
            }
            Self::Anthropic => {
                let messages = [json!({"role": "user", "content": prompt})];
                let mut body = json!({"model": model, "stream": true, "max_tokens": max_output_tokens, "messages": messages});
                if !system.is_empty() {
                    body["system"] = json!(system);
                }
                body
            }
            Self::Ollama => {
                let options = json!({"num_predict": max_output_tokens, "num_ctx": room(ask)});
                json!({"model": model, "stream": true, "messages": messages(), "options": options})
            }
        };
        if let Some(temperature) = temperature {
            let place = match self {
                Self::OpenAi | Self::Anthropic => &mut body,
                Self::Gemini => &mut body["generationConfig"],
                Self::Ollama => &mut body["options"],
            };
            // Through text: 0.3 shall not become 0.30000001192092896.
            place["temperature"] = serde_json::from_str(&temperature.to_string()).unwrap_or(Value::Null);
        }
        body
    }

    /// What one message of the answer says.
    ///
    /// # Errors
    /// That it reports an error, ends the answer in another way than by its end, or cannot be read.
    pub fn read(self, message: &str) -> Result<Said, ModelError> {
        if self == Self::OpenAi && message.trim() == "[DONE]" {
            return Ok(Said { finished: true, done: true, ..Said::default() });
        }
        let message: Value = serde_json::from_str(message).map_err(|_| ModelError::unavailable("a message of its answer is not JSON"))?;
        if message.get("error").is_some_and(|error| !error.is_null()) {
            return Err(faults::of_body(None, &message));
        }
        match self {
            Self::OpenAi => openai(&message),
            Self::Gemini => gemini(&message),
            Self::Anthropic => anthropic(&message),
            Self::Ollama => ollama(&message),
        }
    }
}

/// Tokens for question and answer: generous, in steps, because another number makes Ollama load the model again.
fn room(ask: &Ask) -> u64 {
    let question = (ask.system.len() + ask.prompt.len()).div_ceil(3) as u64;
    (question + u64::from(ask.max_output_tokens) + 256).next_power_of_two().clamp(4096, 131_072)
}

fn text(value: Option<&Value>) -> String {
    value.and_then(Value::as_str).unwrap_or_default().into()
}

fn count(value: Option<&Value>) -> Option<u64> {
    value.and_then(Value::as_u64)
}

/// The ways in which an answer ends, in all formats' words. True: as it should.
fn ended(reason: &str) -> Result<bool, ModelError> {
    match reason {
        "stop" | "STOP" | "end_turn" | "stop_sequence" | "eos" => Ok(true),
        "length" | "MAX_TOKENS" | "max_tokens" => Err(ModelError::TooLong(TooLong::Answer)),
        "model_context_window_exceeded" => Err(ModelError::TooLong(TooLong::Question)),
        "content_filter" | "refusal" | "SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" | "LANGUAGE" => {
            Err(ModelError::Refused)
        }
        "FINISH_REASON_UNSPECIFIED" | "" => Ok(false),
        _ => Err(ModelError::BadOutput("it ended for an unusual reason, such as wanting to call a tool".into())),
    }
}

fn openai(message: &Value) -> Result<Said, ModelError> {
    let choice = message.pointer("/choices/0");
    let at = |pointer| choice.and_then(|choice| choice.pointer(pointer));
    if at("/delta/refusal").is_some_and(Value::is_string) {
        return Err(ModelError::Refused);
    }
    // Groq's counts have a place of their own.
    let usage = message.get("usage").filter(|usage| usage.is_object()).or_else(|| message.pointer("/x_groq/usage"));
    let counted = |name| count(usage.and_then(|usage| usage.get(name)));
    Ok(Said {
        text: text(at("/delta/content")),
        tokens_in: counted("prompt_tokens"),
        tokens_out: counted("completion_tokens"),
        finished: ended(&text(at("/finish_reason")))?,
        done: false,
    })
}

fn gemini(message: &Value) -> Result<Said, ModelError> {
    if message.pointer("/promptFeedback/blockReason").is_some() {
        return Err(ModelError::Refused);
    }
    let parts = message.pointer("/candidates/0/content/parts").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let spoken = parts.iter().filter(|part| part.get("thought").and_then(Value::as_bool) != Some(true));
    let counted = |name: &str| count(message.pointer(&format!("/usageMetadata/{name}")));
    // Thoughts are output that is paid for and not shown.
    let out = [counted("candidatesTokenCount"), counted("thoughtsTokenCount")].into_iter().flatten().reduce(u64::saturating_add);
    Ok(Said {
        text: spoken.map(|part| text(part.get("text"))).collect(),
        tokens_in: counted("promptTokenCount"),
        tokens_out: out,
        finished: ended(&text(message.pointer("/candidates/0/finishReason")))?,
        done: false,
    })
}

fn anthropic(message: &Value) -> Result<Said, ModelError> {
    let counted = |pointer| count(message.pointer(pointer));
    match message.get("type").and_then(Value::as_str) {
        Some("message_start") => {
            let cached = ["/message/usage/cache_creation_input_tokens", "/message/usage/cache_read_input_tokens"];
            let tokens_in =
                cached.into_iter().filter_map(counted).chain(counted("/message/usage/input_tokens")).reduce(u64::saturating_add);
            Ok(Said { tokens_in, ..Said::default() })
        }
        Some("content_block_delta") => Ok(Said { text: text(message.pointer("/delta/text")), ..Said::default() }),
        Some("message_delta") => {
            let finished = ended(&text(message.pointer("/delta/stop_reason")))?;
            Ok(Said { tokens_out: counted("/usage/output_tokens"), finished, ..Said::default() })
        }
        Some("message_stop") => Ok(Said { finished: true, done: true, ..Said::default() }),
        _ => Ok(Said::default()),
    }
}

fn ollama(message: &Value) -> Result<Said, ModelError> {
    let done = message.get("done").and_then(Value::as_bool) == Some(true);
    if done {
        ended(&text(message.get("done_reason")))?;
    }
    Ok(Said {
        text: text(message.pointer("/message/content")),
        tokens_in: count(message.get("prompt_eval_count")),
        tokens_out: count(message.get("eval_count")),
        finished: done,
        done,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// JSON of the words that the formats know, in places where they do not belong.
    fn message() -> impl Strategy<Value = Value> {
        let words = [
            "choices",
            "delta",
            "content",
            "candidates",
            "parts",
            "text",
            "type",
            "message",
            "usage",
            "error",
            "done",
            "finish_reason",
            "finishReason",
            "usageMetadata",
            "thoughtsTokenCount",
            "eval_count",
            "stop",
            "STOP",
            "message_delta",
            "stop_reason",
            "code",
        ];
        let word = proptest::sample::select(words.to_vec());
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            word.clone().prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 40, 4, move |inner| {
            let object = proptest::collection::vec((word.clone(), inner.clone()), 0..4);
            prop_oneof![
                proptest::collection::vec(inner, 0..3).prop_map(Value::from),
                object.prop_map(|pairs| pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Value>()),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_message_breaks_the_reader(message in message(), cut in 0_usize..200) {
            let text = message.to_string();
            for wire in [Wire::OpenAi, Wire::Gemini, Wire::Anthropic, Wire::Ollama] {
                if let Ok(said) = wire.read(&text) {
                    prop_assert!(said.text.len() <= text.len());
                }
                let half = &text[..text.floor_char_boundary(cut)];
                if serde_json::from_str::<Value>(half).is_err() {
                    prop_assert!(wire.read(half).is_err());
                }
            }
        }
    }

    #[test]
    fn ollama_is_given_room_for_the_whole_question() {
        let ask = |bytes: usize| Ask { system: String::new(), prompt: "a".repeat(bytes), max_output_tokens: 1000, temperature: None };
        for (bytes, expected) in [(10, 4096), (12_000, 8192), (100_000, 65_536), (10_000_000, 131_072)] {
            assert_eq!(room(&ask(bytes)), expected, "{bytes}");
        }
        let body = Wire::Gemini.body(Provider::Gemini, "m", &ask(1));
        assert!(body.get("systemInstruction").is_none() && body["generationConfig"].get("temperature").is_none(), "{body}");
    }
}
