//! Mail: one plain text for one task that has ended, to a server that the operator named.
//!
//! What a task is called is somebody's input: line breaks and control characters are gone before it becomes a header, and the library
//! encodes what is not ASCII. Leaves out: HTML, attachments, and finding out whether the address is read.

use std::time::{Duration, UNIX_EPOCH};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::authentication::Credentials,
};

use super::schedule::Came;
use crate::{
    protocol::{Status, TaskSummary, Timestamp},
    server::{config::MailSettings, fetch::install_crypto, inert::clean_text, model::Keys, store::outbox::Answer},
};

/// The variable that holds the password.
pub const PASSWORD_VARIABLE: &str = "SMTP_PASSWORD";
/// For one step of the conversation, and for all of it.
const STEP: Duration = Duration::from_secs(15);
const WHOLE: Duration = Duration::from_mins(1);
const MAX_TITLE_CHARS: usize = 150;
const MAX_MESSAGE_CHARS: usize = 1_000;

/// Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    public_url: String,
}

impl Mailer {
    /// None without an address of a server.
    ///
    /// # Errors
    /// In words, when the settings cannot be used.
    pub fn from_settings(settings: &MailSettings, keys: &Keys, public_url: &str) -> anyhow::Result<Option<Self>> {
        if settings.url.is_empty() {
            return Ok(None);
        }
        install_crypto();
        let from = settings.from.parse().map_err(|error| anyhow::anyhow!("setting mail.from: {error}"))?;
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&settings.url)
            .map_err(|error| anyhow::anyhow!("setting mail.url: {error}"))?
            .timeout(Some(STEP));
        if let (Some(user), Some(password)) = (settings.user(), keys.get(PASSWORD_VARIABLE)) {
            builder = builder.credentials(Credentials::new(user, password.reveal().to_owned()));
        }
        Ok(Some(Self { transport: builder.build(), from, public_url: public_url.to_owned() }))
    }

    /// # Cancel safety
    /// Dropping the future breaks the conversation off; the server may have taken the mail.
    pub(super) async fn send(&self, to: &str, message_id: &str, at: Timestamp, task: &TaskSummary, url: &str) -> (Answer, Came) {
        let message = match self.message(to, message_id, at, task, url) {
            Ok(message) => message,
            Err(error) => return failed(None, format!("The mail could not be written: {error}."), Came::Refused),
        };
        match tokio::time::timeout(WHOLE, self.transport.send(message)).await {
            Ok(Ok(_)) => (Answer { status: Some(250), error: None }, Came::Status { status: 200, retry_after: None }),
            Ok(Err(error)) => {
                // What the server says may repeat the address; its number is enough.
                let status = error.status().map(u16::from);
                let came = if error.is_permanent() { Came::Refused } else { Came::Nothing };
                let why = match status {
                    Some(status) => format!("The mail server answered with {status}."),
                    None if error.is_tls() => "There is no trusted TLS connection to the mail server.".into(),
                    None => "The mail server could not be talked to.".into(),
                };
                tracing::warn!(status, permanent = error.is_permanent(), tls = error.is_tls(), "a mail was not taken");
                failed(status, why, came)
            }
            Err(_) => failed(None, "The mail server took too long.".into(), Came::Nothing),
        }
    }

    fn message(&self, to: &str, message_id: &str, at: Timestamp, task: &TaskSummary, url: &str) -> anyhow::Result<Message> {
        let title = line(&task.title);
        let (mark, sentence) = match task.status {
            Status::Completed => ("Done", "is done"),
            Status::Failed => ("Failed", "has failed"),
            _ => ("Cancelled", "was cancelled"),
        };
        let said: String = clean_text(&task.message).chars().take(MAX_MESSAGE_CHARS).collect();
        let home = &self.public_url;
        let text = format!(
            "{title} {sentence}.\n\n{said}\n\n{url}\n\n-- \nLivegen sends you this because you asked to be told when a task ends. Switch it off at {home}/account\n"
        );
        let at = UNIX_EPOCH + Duration::from_micros(u64::try_from(at.as_micros()).unwrap_or(0));
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.parse()?))
            .subject(format!("{mark}: {title}"))
            .date(at)
            // The same at every attempt, so that a mail that was taken twice is shown once.
            .message_id(Some(format!("<{message_id}@{}>", self.from.email.domain())))
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".into()))
            .header(ContentType::TEXT_PLAIN);
        Ok(message.body(text)?)
    }
}

fn failed(status: Option<u16>, error: String, came: Came) -> (Answer, Came) {
    (Answer { status, error: Some(error) }, came)
}

/// In one line.
fn line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    words.chars().take(MAX_TITLE_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Kind, TaskId};

    #[test]
    fn a_title_is_one_header_and_nothing_else() {
        let settings = MailSettings { url: "smtp://127.0.0.1:25".into(), from: "Livegen <livegen@example.org>".into() };
        let mailer = Mailer::from_settings(&settings, &Keys::default(), "https://livegen.example.org").unwrap().unwrap();
        let mut task = TaskSummary {
            task_id: TaskId::from_parts(Timestamp::default(), &[1; 10]),
            kind: Kind::TestSuite,
            title: String::new(),
            source: String::new(),
            status: Status::Failed,
            progress: 10,
            message: "It broke.\r\n.\r\nQUIT".into(),
            attempt: 1,
            created_at: Timestamp::default(),
            started_at: None,
            finished_at: None,
            seq: 3,
        };
        for title in [
            "x\r\nBcc: eve@example.org",
            "x\nBcc: eve@example.org\n\nbody",
            "x\u{2028}Bcc: eve@example.org",
            "x\u{85}Bcc: eve@example.org",
            "Grüße\r\n\tBcc: eve@example.org",
            "=?utf-8?q?x=0D=0ABcc:_eve=40example.org?=",
        ] {
            task.title = title.into();
            let message = mailer.message("ada@example.org", "msg_1", Timestamp::default(), &task, "https://x/tasks/1").unwrap();
            let text = String::from_utf8(message.formatted()).unwrap();
            let head = text.split("\r\n\r\n").next().unwrap();
            let names: Vec<_> = head.lines().filter(|line| !line.starts_with(' ')).map(|line| line.split(':').next().unwrap()).collect();
            assert!(names.iter().all(|name| !name.eq_ignore_ascii_case("bcc")), "{head}");
            assert_eq!(names.len(), 8, "{head}");
            let to: Vec<_> = message.envelope().to().iter().map(ToString::to_string).collect();
            assert_eq!(to, ["ada@example.org"]);
        }
        assert!(mailer.message("ada@example.org\r\nRCPT TO:<eve@example.org>", "m", Timestamp::default(), &task, "u").is_err());
    }
}
