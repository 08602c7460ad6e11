//! An instant in microseconds since the Unix epoch, written as RFC 3339 in UTC.
//!
//! Thirty lines instead of a date crate: the browser build must stay small and needs no calendar beyond this.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Microseconds since 1970-01-01T00:00:00Z. Serialised as `2026-11-20T18:34:00.123456Z`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    pub const fn as_micros(self) -> i64 {
        self.0
    }

    pub const fn as_millis(self) -> i64 {
        self.0.div_euclid(1000)
    }

    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms.saturating_mul(1000)))
    }

    /// Milliseconds from `earlier` to `self`, never negative.
    pub const fn ms_since(self, earlier: Self) -> i64 {
        let ms = (self.0 - earlier.0) / 1000;
        if ms < 0 { 0 } else { ms }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.div_euclid(1_000_000);
        let (year, month, day) = civil_from_days(seconds.div_euclid(86_400));
        let second = seconds.rem_euclid(86_400);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:06}Z",
            second / 3600,
            second / 60 % 60,
            second % 60,
            self.0.rem_euclid(1_000_000)
        )
    }
}

/// The text is not an RFC 3339 instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnInstant;

impl fmt::Display for NotAnInstant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an RFC 3339 instant")
    }
}

impl FromStr for Timestamp {
    type Err = NotAnInstant;

    fn from_str(text: &str) -> Result<Self, NotAnInstant> {
        let number = |range: std::ops::Range<usize>| -> Result<i64, NotAnInstant> {
            let part = text.get(range).ok_or(NotAnInstant)?;
            if !part.bytes().all(|b| b.is_ascii_digit()) {
                return Err(NotAnInstant);
            }
            part.parse().map_err(|_| NotAnInstant)
        };
        let at = |index: usize, byte: u8| text.as_bytes().get(index) == Some(&byte);
        let (end, ahead) = match text.len().checked_sub(6) {
            _ if text.ends_with(['Z', 'z']) => (text.len() - 1, 0),
            Some(end) if at(end + 3, b':') && (at(end, b'+') || at(end, b'-')) => {
                let (hours, minutes) = (number(end + 1..end + 3)?, number(end + 4..end + 6)?);
                if hours > 23 || minutes > 59 {
                    return Err(NotAnInstant);
                }
                (end, (hours * 60 + minutes) * if at(end, b'+') { 1 } else { -1 })
            }
            _ => return Err(NotAnInstant),
        };
        if !(at(4, b'-') && at(7, b'-') && (at(10, b'T') || at(10, b't')) && at(13, b':') && at(16, b':')) {
            return Err(NotAnInstant);
        }
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
        let days = days_from_civil(year, month, day);
        let is_day = (1..=12).contains(&month) && civil_from_days(days) == (year, month, day);
        if !is_day || hour > 23 || minute > 59 || second > 60 {
            return Err(NotAnInstant);
        }
        let fraction = text.get(19..end).ok_or(NotAnInstant)?;
        let micros = match fraction.strip_prefix('.') {
            None if fraction.is_empty() => 0,
            Some(digits) if (1..=9).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) => {
                format!("{digits:0<6}")[..6].parse().map_err(|_| NotAnInstant)?
            }
            _ => return Err(NotAnInstant),
        };
        Ok(Self(((days * 24 + hour) * 60 + minute - ahead) * 60_000_000 + second * 1_000_000 + micros))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// Howard Hinnant's `civil_from_days`: days since the epoch → (year, month, day).
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i64::from(month <= 2), month, doy - (153 * mp + 2) / 5 + 1)
}

fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let y = year - i64::from(month <= 2);
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_instants() {
        for (micros, text) in [
            (0, "1970-01-01T00:00:00.000000Z"),
            (1_763_663_640_123_456, "2025-11-20T18:34:00.123456Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
        ] {
            assert_eq!(Timestamp::from_micros(micros).to_string(), text);
            assert_eq!(text.parse(), Ok(Timestamp::from_micros(micros)));
        }
        for same in [
            "2025-11-20T18:34:00Z",
            "2025-11-20t18:34:00z",
            "2025-11-20T19:34:00+01:00",
            "2025-11-20T13:04:00.000-05:30",
            "2025-11-21T00:34:00.0+06:00",
        ] {
            assert_eq!(same.parse(), Ok(Timestamp::from_micros(1_763_663_640_000_000)), "{same}");
        }
        for bad in [
            "",
            "2025",
            "2025-11-20 18:34:00Z",
            "2025-13-20T18:34:00Z",
            "2025-11-20T18:34:00.Z",
            "2025-11-20T18:34:00",
            "2025-11-20T18:34:00+24:00",
            "2025-11-20T18:34:00+0100",
            "2025-02-29T18:34:00Z",
            "2025-11-2+01:00",
            "é025-11-20T18:34:00Z",
        ] {
            assert_eq!(bad.parse::<Timestamp>(), Err(NotAnInstant), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn display_then_parse_is_identity(micros in -60_000_000_000_000_000_i64..200_000_000_000_000_000) {
            let instant = Timestamp::from_micros(micros);
            prop_assert_eq!(instant.to_string().parse(), Ok(instant));
        }

        #[test]
        fn parsing_anything_never_panics(text in "\\PC{0,40}") {
            let _ = text.parse::<Timestamp>();
        }
    }
}
