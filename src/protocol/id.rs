//! Identifiers: UUIDs of version 7, so that they sort by time and need no coordination.
//!
//! Pure: the instant and the random bits are handed in (the server's clock and generator own them).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::time::Timestamp;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// Builds the id of something that came to be `at`, from ten random bytes.
            pub fn from_parts(at: Timestamp, random: &[u8; 10]) -> Self {
                let ms = u64::try_from(at.as_micros() / 1000).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(ms, random).into_uuid())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

id!(
    /// One generation task.
    TaskId
);
id!(
    /// The owner of tasks: a guest's browser until somebody signs in.
    AccountId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_round_trip() {
        let early = TaskId::from_parts(Timestamp::from_micros(1_700_000_000_000_000), &[255; 10]);
        let late = TaskId::from_parts(Timestamp::from_micros(1_700_000_000_001_000), &[0; 10]);
        assert!(early.to_string() < late.to_string());
        assert_eq!(late, late.to_string().parse().unwrap());
        assert_eq!(late.0.get_version_num(), 7);
    }
}
