//! What settings must satisfy beyond their type, with the words in which a refusal says so.

use std::borrow::Cow;

use super::settings::Settings;

/// What a value must satisfy beyond its type.
pub(super) struct Rule {
    pub key: &'static str,
    pub holds: bool,
    pub expected: Cow<'static, str>,
}

impl Settings {
    pub(super) fn rules(&self) -> Vec<Rule> {
        let rule = |key, holds, expected: &'static str| Rule { key, holds, expected: expected.into() };
        let chain_fault = self.model.fault();
        let Self { server, database, queue, limits, accounts, fetch, webhooks, mail, model, project, log, .. } = self;
        vec![
            rule(
                "server.origins",
                server.origins.iter().all(|origin| is_origin(origin)),
                "origins such as \"https://livegen.example.org\", without a path",
            ),
            rule(
                "server.public_url",
                server.public_url.is_empty() || is_origin(&server.public_url),
                "nothing, or an origin such as \"https://livegen.example.org\", without a path",
            ),
            rule("database.url", database.url.starts_with("sqlite:"), "a SQLite address such as \"sqlite://data/livegen.db\""),
            rule("queue.workers", queue.workers <= 64, "0 to 64"),
            rule("queue.lease_seconds", (2..=3600).contains(&queue.lease_seconds), "2 to 3600 seconds"),
            rule(
                "queue.heartbeat_seconds",
                queue.heartbeat_seconds >= 1 && queue.heartbeat_seconds.saturating_mul(2) < queue.lease_seconds,
                "at least 1 second and less than half of queue.lease_seconds",
            ),
            rule("queue.poll_ms", (10..=60_000).contains(&queue.poll_ms), "10 to 60000 milliseconds"),
            rule("queue.max_retries", queue.max_retries <= 20, "0 to 20"),
            rule("queue.retry_base_seconds", queue.retry_base_seconds <= 3600, "0 to 3600 seconds"),
            rule("queue.soft_stop_seconds", queue.soft_stop_seconds <= 3600, "0 to 3600 seconds"),
            rule(
                "queue.hard_stop_seconds",
                (queue.soft_stop_seconds..=3600).contains(&queue.hard_stop_seconds),
                "at least queue.soft_stop_seconds and at most 3600 seconds",
            ),
            rule("queue.step_delay_ms", queue.step_delay_ms <= 60_000, "0 to 60000 milliseconds"),
            rule("limits.open_tasks_per_account", (1..=100_000).contains(&limits.open_tasks_per_account), "1 to 100000"),
            rule("limits.live_connections", (1..=1_000_000).contains(&limits.live_connections), "1 to 1000000"),
            rule(
                "limits.live_connections_per_account",
                (1..=limits.live_connections).contains(&limits.live_connections_per_account),
                "at least 1 and at most limits.live_connections",
            ),
            rule("limits.request_seconds", (1..=3600).contains(&limits.request_seconds), "1 to 3600 seconds"),
            rule("limits.requests_per_minute", limits.requests_per_minute <= 1_000_000, "0 to 1000000"),
            rule("limits.requests_per_minute_per_address", limits.requests_per_minute_per_address <= 1_000_000, "0 to 1000000"),
            rule("limits.starts_per_minute", limits.starts_per_minute <= 1_000_000, "0 to 1000000"),
            rule("limits.sign_ins_per_minute", (1..=100_000).contains(&limits.sign_ins_per_minute), "1 to 100000"),
            rule("accounts.session_days", (1..=3650).contains(&accounts.session_days), "1 to 3650 days"),
            rule("accounts.initial_tokens", (0..=1_000_000_000_000).contains(&accounts.initial_tokens), "0 to 1000000000000"),
            rule("accounts.prompt_tokens", accounts.prompt_tokens <= 1_000_000, "0 to 1000000"),
            rule("accounts.project_tokens", accounts.project_tokens <= 1_000_000, "0 to 1000000"),
            rule("project.folder", !project.folder.trim().is_empty(), "a folder"),
            rule("fetch.timeout_seconds", (1..=300).contains(&fetch.timeout_seconds), "1 to 300 seconds"),
            rule("webhooks.retry_percent", webhooks.retry_percent <= 1000, "0 to 1000 percent"),
            rule("webhooks.disable_after_days", webhooks.disable_after_days <= 365, "0 to 365 days"),
            rule(
                "mail.url",
                mail.is_server(),
                "nothing, or smtps://user@host, smtp://user@host?tls=required, smtp://host, each with :port if it is another; the password comes from SMTP_PASSWORD",
            ),
            rule("mail.url", !mail.tells_password(), "smtps:// or ?tls=required, so that the password is not sent in the clear"),
            rule(
                "mail.from",
                mail.url.is_empty() || mail.from.parse::<lettre::message::Mailbox>().is_ok(),
                "who the mail is from, such as \"Livegen <livegen@example.org>\"",
            ),
            rule(
                "mail.ca_file",
                mail.ca_file.is_empty() || mail.is_protected(),
                "nothing, or with a mail.url that is smtps:// or has ?tls=required, a file with certificates in PEM",
            ),
            Rule { key: "model.chain", holds: chain_fault.is_none(), expected: chain_fault.unwrap_or_default().into() },
            rule("model.total_seconds", (1..=3600).contains(&model.total_seconds), "1 to 3600 seconds"),
            rule("model.circuit_failures", (1..=100).contains(&model.circuit_failures), "1 to 100"),
            rule("model.circuit_seconds", (1..=3600).contains(&model.circuit_seconds), "1 to 3600 seconds"),
            rule(
                "log.filter",
                is_filter(&log.filter),
                "a level (error, warn, info, debug, trace) or levels by module such as \"info,livegen=debug\"",
            ),
        ]
    }
}

fn is_origin(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == text)
}

fn is_filter(text: &str) -> bool {
    !text.trim().is_empty() && tracing_subscriber::EnvFilter::try_new(text).is_ok()
}
