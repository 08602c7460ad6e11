//! From the layers' errors to what a client is told. Causes go to the log here, once; 5xx texts are fixed.

use super::store::StoreError;
use crate::protocol::{Problem, problem::Shortage};

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::not_found("task"),
            StoreError::KeyReused => Self::new(
                422,
                "idempotency-key-reused",
                "The idempotency key was used before",
                "This Idempotency-Key belongs to an earlier request with another input. Send a new key with a new input.",
            ),
            StoreError::Limit { what } => Self::new(
                429,
                "limit-reached",
                "A limit is reached",
                format!("The limit of {what} is reached. Wait until some have ended, or cancel some."),
            ),
            StoreError::Taken => {
                Self { status: 409, ..Self::invalid("email", "This address has an account. Sign in, or take another one.") }
            }
            StoreError::TooFewTokens { needed, free } => Self {
                tokens: Some(Box::new(Shortage { needed, available: free })),
                ..Self::new(
                    402,
                    "too-few-tokens",
                    "Insufficient tokens",
                    format!(
                        "Insufficient tokens: {needed} are needed, {free} are available. Wait until running tasks give theirs back, or get more."
                    ),
                )
            },
            StoreError::NotSubscribed { until } => Self::new(
                402,
                "not-subscribed",
                "No active subscription",
                format!("The subscription expired on {until}. Renew it to go on."),
            ),
            StoreError::LastAdmin => Self::conflict("This is the last admin who is let in. Make another one first."),
            StoreError::Refused { what } => Self::new(400, "refused", "This is not possible", format!("Refused: {what}.")),
            StoreError::StaleAttempt => Self::conflict("The task has moved on."),
            StoreError::Database(_) | StoreError::Damaged(_) => {
                tracing::error!(%error, "store");
                Self::unavailable("The database does not answer. Nothing was changed; please try again in a moment.")
            }
        }
    }
}
