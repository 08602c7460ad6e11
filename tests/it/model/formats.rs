//! The providers' wire formats, as their documents and servers show them: whole answers, and everything in which they differ.

use serde_json::{Value, json};

use super::KEY;

/// What every stream here says, in two pieces or more.
pub const ANSWER: &str = "Hello, wörld 🙂!";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    OpenAi,
    Groq,
    Gemini,
    Anthropic,
    Ollama,
    Compatible,
}

impl Format {
    pub const ALL: [Self; 6] = [Self::OpenAi, Self::Groq, Self::Gemini, Self::Anthropic, Self::Ollama, Self::Compatible];

    pub fn provider(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Groq => "groq",
            Self::Gemini => "gemini",
            Self::Anthropic => "anthropic",
            Self::Ollama => "ollama",
            Self::Compatible => "openai_compatible",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Self::Ollama => "application/x-ndjson",
            Self::Anthropic => "text/event-stream; charset=utf-8",
            _ => "text/event-stream",
        }
    }

    pub fn path(self) -> &'static str {
        match self {
            Self::OpenAi | Self::Groq | Self::Compatible => "/v1/chat/completions",
            Self::Gemini => "/v1/models/m-1:streamGenerateContent?alt=sse",
            Self::Anthropic => "/v1/messages",
            Self::Ollama => "/v1/api/chat",
        }
    }

    pub fn key_header(self) -> (&'static str, Option<String>) {
        match self {
            Self::OpenAi | Self::Groq => ("authorization", Some(format!("Bearer {KEY}"))),
            Self::Gemini => ("x-goog-api-key", Some(KEY.into())),
            Self::Anthropic => ("x-api-key", Some(KEY.into())),
            Self::Ollama | Self::Compatible => ("authorization", None),
        }
    }

    /// A good answer, 12 tokens in and 5 out.
    pub fn stream(self) -> &'static [u8] {
        match self {
            Self::OpenAi | Self::Compatible => OPENAI.as_bytes(),
            Self::Groq => GROQ.as_bytes(),
            Self::Gemini => GEMINI.as_bytes(),
            Self::Anthropic => ANTHROPIC.as_bytes(),
            Self::Ollama => OLLAMA.as_bytes(),
        }
    }

    /// Where in [`Format::stream`] the message begins that says that the text is complete.
    pub fn end(self) -> usize {
        let stream = std::str::from_utf8(self.stream()).unwrap();
        let mark = match self {
            Self::OpenAi | Self::Compatible | Self::Groq => "\"finish_reason\":\"stop\"",
            Self::Gemini => "\"finishReason\": \"STOP\"",
            Self::Anthropic => "\"stop_reason\":\"end_turn\"",
            Self::Ollama => "\"done\":true",
        };
        stream.find(mark).unwrap() + mark.len()
    }

    /// The question as this format writes it.
    pub fn assert_body(self, body: &Value) {
        let (system, prompt) = ("You are terse.", "Greet the wörld \"now\".");
        let messages = json!([{"role": "system", "content": system}, {"role": "user", "content": prompt}]);
        let expected = match self {
            Self::OpenAi => json!({
                "model": "m-1", "stream": true, "stream_options": {"include_usage": true}, "messages": messages,
                "max_completion_tokens": 300, "temperature": 0.3,
            }),
            Self::Compatible => json!({
                "model": "m-1", "stream": true, "stream_options": {"include_usage": true}, "messages": messages,
                "max_tokens": 300, "temperature": 0.3,
            }),
            Self::Groq => json!({"model": "m-1", "stream": true, "messages": messages, "max_tokens": 300, "temperature": 0.3}),
            Self::Gemini => json!({
                "systemInstruction": {"parts": [{"text": system}]},
                "contents": [{"role": "user", "parts": [{"text": prompt}]}],
                "generationConfig": {"maxOutputTokens": 300, "temperature": 0.3},
            }),
            Self::Anthropic => json!({
                "model": "m-1", "stream": true, "max_tokens": 300, "temperature": 0.3, "system": system,
                "messages": [{"role": "user", "content": prompt}],
            }),
            Self::Ollama => json!({
                "model": "m-1", "stream": true, "messages": messages,
                "options": {"num_predict": 300, "num_ctx": 4096, "temperature": 0.3},
            }),
        };
        assert_eq!(*body, expected, "{self:?}");
    }
}

const OPENAI: &str = r#"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m-1","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"usage":null}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Hello, w"},"finish_reason":null}],"usage":null}

: keep-alive

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"örld 🙂!"},"finish_reason":null}],"usage":null}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":12,"completion_tokens":5,"total_tokens":17}}

data: [DONE]

"#;

const GROQ: &str = r#"data: {"id":"chatcmpl-2","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"x_groq":{"id":"req_1"}}

data: {"id":"chatcmpl-2","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Hello, "},"finish_reason":null}]}

data: {"id":"chatcmpl-2","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"w\u00f6rld \ud83d\ude42!"},"finish_reason":null}]}

data: {"id":"chatcmpl-2","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"x_groq":{"id":"req_1","usage":{"queue_time":0.01,"prompt_tokens":12,"completion_tokens":5,"total_tokens":17}}}

data: [DONE]

"#;

const GEMINI: &str = "data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"Let me think\", \"thought\": true}],\"role\": \"model\"},\"index\": 0}],\"usageMetadata\": {\"promptTokenCount\": 12,\"totalTokenCount\": 14,\"thoughtsTokenCount\": 2}}\r
\r
data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"Hello, \"}],\"role\": \"model\"},\"index\": 0}],\"usageMetadata\": {\"promptTokenCount\": 12,\"candidatesTokenCount\": 1}}\r
\r
data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"wörld \"},{\"text\": \"🙂!\"}],\"role\": \"model\"},\"finishReason\": \"STOP\",\"index\": 0}],\"usageMetadata\": {\"promptTokenCount\": 12,\"candidatesTokenCount\": 3,\"thoughtsTokenCount\": 2,\"totalTokenCount\": 17},\"modelVersion\": \"m-1\"}\r
\r
";

const ANTHROPIC: &str = r#"event: message_start
data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],"model":"m-1","stop_reason":null,"usage":{"input_tokens":10,"cache_creation_input_tokens":0,"cache_read_input_tokens":2,"output_tokens":1}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

event: ping
data: {"type": "ping"}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello, "}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"wörld 🙂!"}}

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":5}}

event: message_stop
data: {"type":"message_stop"}

"#;

const OLLAMA: &str = r#"{"model":"m-1","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"Hello, "},"done":false}
{"model":"m-1","created_at":"2026-01-01T00:00:01Z","message":{"role":"assistant","content":"wörld 🙂!"},"done":false}
{"model":"m-1","created_at":"2026-01-01T00:00:02Z","message":{"role":"assistant","content":""},"done_reason":"stop","done":true,"total_duration":1,"prompt_eval_count":12,"eval_count":5}
"#;
