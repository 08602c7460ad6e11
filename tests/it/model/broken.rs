//! Everything that can go wrong between a question and its answer, and what each of it is called.

use std::time::Duration;

use livegen::server::model::{Ask, Cancelled, Listener, Model, ModelError, Unheard};

use super::{
    ask,
    formats::Format,
    model, question,
    stub::{Script, Stub, chunked, endless, plain, slowly, with_headers},
};
use crate::harness::within;

async fn fails(format: Format, script: Script) -> ModelError {
    let stub = Stub::spawn(script).await;
    ask(format, &stub).await.expect_err("no answer")
}

#[tokio::test]
async fn statuses_have_their_classes() {
    // The clock of these tests stands at 2026-01-01T00:00:00Z.
    let limited = |seconds| ModelError::RateLimited { retry_after: Some(Duration::from_secs(seconds)) };
    let json = "content-type: application/json\r\n";
    for (status, headers, body, expected) in [
        (401, json, r#"{"error":{"message":"Incorrect API key","code":"invalid_api_key"}}"#, Some(ModelError::Unauthorized)),
        (429, "retry-after: 7\r\n", "", Some(limited(7))),
        (429, "retry-after: Thu, 01 Jan 2026 00:01:30 GMT\r\n", "slow down", Some(limited(90))),
        (429, json, r#"{"error":{"code":429,"details":[{"retryDelay":"31s"}]}}"#, Some(limited(31))),
        (429, "", "", Some(ModelError::RateLimited { retry_after: None })),
        (500, "content-type: text/html\r\n", "<h1>Oops</h1>", None),
        (503, json, r#"{"error":{"code":503,"status":"UNAVAILABLE"}}"#, None),
        (529, json, r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, None),
        (204, "", "", None),
    ] {
        for format in Format::ALL {
            let error = fails(format, with_headers(status, headers, body)).await;
            match &expected {
                Some(expected) => assert_eq!(error, *expected, "{format:?} {status}"),
                None => assert_eq!(error.kind(), "unavailable", "{format:?} {status}"),
            }
        }
    }
    let error = fails(Format::OpenAi, with_headers(503, "retry-after: 2\r\n", "")).await;
    assert!(matches!(error, ModelError::Unavailable { retry_after: Some(wait), .. } if wait == Duration::from_secs(2)), "{error:?}");
    // An error's body that never ends is not read to its end.
    let stub = Stub::spawn(endless(500, "application/json", b"", b"{\"error\":")).await;
    assert_eq!(ask(Format::OpenAi, &stub).await.map_err(|error| error.kind()), Err("unavailable"));
    stub.closed().await;
}

#[tokio::test]
async fn a_redirect_is_not_followed_wherever_it_leads() {
    let canary = Stub::spawn(plain(200, "text/event-stream", Format::OpenAi.stream())).await;
    for status in [301, 302, 303, 307, 308] {
        let error = fails(Format::OpenAi, with_headers(status, &format!("location: {}/chat/completions\r\n", canary.base()), "")).await;
        assert_eq!(error.kind(), "unavailable");
        assert!(error.to_string().contains("redirect"), "{error}");
    }
    assert_eq!(canary.connections(), 0);
}

#[tokio::test]
async fn a_refusal_is_one_in_every_format() {
    for (format, body) in [
        (Format::OpenAi, "data: {\"choices\":[{\"delta\":{\"refusal\":\"I can't help with that.\"},\"finish_reason\":null}]}\n\n"),
        (
            Format::OpenAi,
            "data: {\"choices\":[{\"delta\":{\"content\":\"We\"}}]}\n\ndata: {\"choices\":[{\"delta\":{},\"finish_reason\":\"content_filter\"}]}\n\n",
        ),
        (Format::Gemini, "data: {\"promptFeedback\": {\"blockReason\": \"SAFETY\"}}\n\n"),
        (Format::Gemini, "data: {\"candidates\": [{\"finishReason\": \"SAFETY\"}]}\n\n"),
        (Format::Gemini, "data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"a\"}]}, \"finishReason\": \"RECITATION\"}]}\n\n"),
        (
            Format::Anthropic,
            "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"refusal\"},\"usage\":{\"output_tokens\":1}}\n\n",
        ),
    ] {
        assert_eq!(fails(format, plain(200, format.media_type(), body)).await, ModelError::Refused, "{format:?} {body}");
    }
    let azure = r#"{"error":{"code":"content_filter","message":"filtered","innererror":{"code":"ResponsibleAIPolicyViolation"}}}"#;
    assert_eq!(fails(Format::Compatible, plain(400, "application/json", azure)).await, ModelError::Refused);
}

#[tokio::test]
async fn an_answer_that_is_cut_short_is_none() {
    for (format, body) in [
        (Format::OpenAi, "data: {\"choices\":[{\"delta\":{\"content\":\"Half\"},\"finish_reason\":\"length\"}]}\n\ndata: [DONE]\n\n"),
        (
            Format::Gemini,
            "data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"Half\"}]}, \"finishReason\": \"MAX_TOKENS\"}]}\n\n",
        ),
        (Format::Anthropic, "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"max_tokens\"}}\n\n"),
        (Format::Ollama, "{\"message\":{\"content\":\"Half\"},\"done\":true,\"done_reason\":\"length\"}\n"),
    ] {
        assert_eq!(fails(format, plain(200, format.media_type(), body)).await.kind(), "too-long", "{format:?}");
    }
}

#[tokio::test]
async fn a_stream_that_breaks_off_anywhere_is_no_answer() {
    for format in Format::ALL {
        let stream = format.stream();
        let cut = |at: usize| match at % 3 {
            0 => plain(200, format.media_type(), &stream[..at]),
            kind => chunked(200, format.media_type(), &[&stream[..at]], kind == 1),
        };
        let stub = Stub::spawn_each((0..format.end()).map(cut).collect()).await;
        let model = model(format, &stub);
        for at in 0..format.end() {
            let error = within("an end", model.ask(&question(), &Unheard)).await.expect_err("half an answer");
            assert_eq!(error.kind(), "unavailable", "{format:?} cut at {at}: {error}");
        }
    }
}

#[tokio::test]
async fn what_is_no_stream_of_text_is_refused() {
    let huge = format!("data: {}", "a".repeat(400_000));
    for (media_type, body, words) in [
        ("text/event-stream", b"data: {\"choices\":[{\"delta\":{\"content\":\"\xff\xfe\"}}]}\n\n" as &[u8], "not UTF-8"),
        ("text/event-stream", huge.as_bytes(), "too long"),
        ("text/event-stream", b"data: <html>\n\n", "not JSON"),
        ("text/event-stream", b"data: {\"error\":{\"message\":\"boom\",\"type\":\"server_error\"}}\n\n", "reports an error"),
        ("text/event-stream", b"", "broke off"),
        ("text/html", b"<h1>Log in</h1>", "not a stream"),
        ("application/json", b"{\"choices\":[]}", "not a stream"),
        ("application/json", b"{\"error\":{\"message\":\"boom\",\"type\":\"server_error\"}}", "reports an error"),
        ("", b"data: [DONE]\n\n", "not a stream"),
    ] {
        let error = fails(Format::OpenAi, plain(200, media_type, body)).await;
        assert_eq!(error.kind(), "unavailable", "{media_type}: {error}");
        assert!(error.to_string().contains(words), "{media_type}: {error}");
    }
    let limited = b"data: {\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"x\"}}\n\n";
    assert_eq!(fails(Format::Anthropic, plain(200, "text/event-stream", limited)).await.kind(), "rate-limited");
    assert_eq!(fails(Format::OpenAi, plain(200, "text/event-stream", b"data: [DONE]\n\n")).await.kind(), "bad-output");
    let tool =
        b"data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"name\":\"sh\"}}]},\"finish_reason\":\"tool_calls\"}]}\n\n";
    assert_eq!(fails(Format::OpenAi, plain(200, "text/event-stream", tool)).await.kind(), "bad-output");
}

#[tokio::test]
async fn nobody_there_is_said_in_words() {
    let stub = Stub::spawn(plain(200, "", "")).await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let gone = stub.at(free);
    assert_eq!(ask(Format::Ollama, &gone).await, Err(ModelError::unavailable("there is no connection to it")));
}

#[tokio::test]
async fn a_stream_without_end_is_ended() {
    let piece = format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{}\"}}}}]}}\n\n", "la ".repeat(1000));
    let stub = Stub::spawn(endless(200, "text/event-stream", b"", piece.as_bytes())).await;
    // Far more bytes than 300 tokens can be.
    assert_eq!(ask(Format::OpenAi, &stub).await.map_err(|error| error.kind()), Err("too-long"));
    stub.closed().await;
    let most = Ask { max_output_tokens: u32::MAX, ..question() };
    let stub = Stub::spawn(endless(200, "text/event-stream", b"", piece.as_bytes())).await;
    let asked = within("an end", model(Format::OpenAi, &stub).ask(&most, &Unheard)).await;
    assert_eq!(asked.map_err(|error| error.kind()), Err("too-long"));
    stub.closed().await;
}

#[tokio::test]
async fn silence_between_pieces_is_bounded_and_slowness_is_not_punished() {
    let stream = Format::OpenAi.stream();
    let (start, end) = stream.split_at(400);
    let ms = Duration::from_millis;
    let slow = Stub::spawn(slowly("text/event-stream", &[start, &end[..150], &end[150..]], ms(60))).await;
    let asked = within("an answer", model(Format::OpenAi, &slow).with_idle(Duration::from_secs(5)).ask(&question(), &Unheard)).await;
    assert!(asked.is_ok(), "{asked:?}");

    let stuck = Stub::spawn(super::stub::held(plain(200, "text/event-stream", start))).await;
    let asked = within("the time-out", model(Format::OpenAi, &stuck).with_idle(ms(60)).ask(&question(), &Unheard)).await;
    assert_eq!(asked, Err(ModelError::TimedOut));
    stuck.closed().await;

    // The text is whole and only the counts do not come: that is an answer.
    let tail = Stub::spawn(super::stub::held(plain(200, "text/event-stream", &stream[..Format::OpenAi.end() + 20]))).await;
    let reply = within("an answer", model(Format::OpenAi, &tail).with_idle(ms(60)).ask(&question(), &Unheard)).await.unwrap();
    assert_eq!((reply.text.as_str(), reply.tokens_out), (super::ANSWER, None));
}

#[tokio::test]
async fn a_slow_listener_slows_the_reading() {
    /// Never done with the first piece.
    struct Slow;
    #[async_trait::async_trait]
    impl Listener for Slow {
        async fn piece(&self, _: &str) -> Result<(), Cancelled> {
            std::future::pending().await
        }
    }
    let stub =
        Stub::spawn(endless(200, "text/event-stream", b"", b"data: {\"choices\":[{\"delta\":{\"content\":\"la la la\"}}]}\n\n")).await;
    let model = model(Format::OpenAi, &stub);
    let asking = tokio::spawn(async move { model.ask(&question(), &Slow).await });
    let written = stub.stalled_at().await;
    // The sockets' own buffers; what is read stays below a piece.
    assert!(0 < written && written < 16 * 1024 * 1024, "{written} bytes");
    asking.abort();
    stub.closed().await;
}
