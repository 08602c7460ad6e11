//! Numbers, sizes, spans of time and instants in words. Pure, the same on both sides.

use crate::protocol::Timestamp;

/// `12,345`
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `412 B`, `1.4 KiB`, `16 MiB`
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if count < 1024 {
        return format!("{count} B");
    }
    let mut tenths = count * 10 / 1024;
    let mut unit = 0;
    while tenths >= 10_240 && unit + 1 < UNITS.len() {
        tenths /= 1024;
        unit += 1;
    }
    if tenths < 100 { format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit]) } else { format!("{} {}", tenths / 10, UNITS[unit]) }
}

/// `0.4 s`, `8.1 s`, `34 s`, `2 min 5 s`, `1 h 2 min`
pub fn span(ms: i64) -> String {
    let ms = ms.max(0);
    let seconds = ms / 1000;
    match seconds {
        0..10 => format!("{seconds}.{} s", ms % 1000 / 100),
        10..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

/// `just now`, `12 s ago`, `4 min ago`, `3 h ago`, `2 days ago`
pub fn ago(ms: i64) -> String {
    let seconds = ms.max(0) / 1000;
    match seconds {
        0..2 => "just now".into(),
        2..60 => format!("{seconds} s ago"),
        60..3600 => format!("{} min ago", seconds / 60),
        3600..86_400 => format!("{} h ago", seconds / 3600),
        86_400..172_800 => "yesterday".into(),
        _ => format!("{} days ago", seconds / 86_400),
    }
}

/// `about 6–9 s left`
pub fn remaining((low, high): (i64, i64)) -> String {
    match (low, high) {
        (_, ..3) => "a moment left".into(),
        (low, high) if high < 90 => format!("about {low}–{high} s left"),
        (low, high) => {
            let (low, high) = (low / 60, high.div_euclid(60) + 1);
            if low == 0 { format!("up to {high} min left") } else { format!("about {low}–{high} min left") }
        }
    }
}

/// Since the task began, for a log line: `0:01.24`.
pub fn offset(ms: i64) -> String {
    let ms = ms.max(0);
    let (minutes, rest) = (ms / 60_000, ms % 60_000);
    if minutes < 60 {
        format!("{minutes}:{:02}.{:02}", rest / 1000, rest % 1000 / 10)
    } else {
        format!("{}:{:02}:{:02}", minutes / 60, minutes % 60, rest / 1000)
    }
}

/// `2026-11-20 18:34:00 UTC`
pub fn utc(at: Timestamp) -> String {
    let text = at.to_string();
    format!("{} {} UTC", &text[..10], &text[11..19])
}

/// `1 file`, `2 files`
pub fn count_of(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (9_007_199_254_740_993, "9,007,199,254,740,993")] {
            assert_eq!(grouped(number), text);
        }
        for (count, text) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (1_500, "1.4 KiB"),
            (24_000, "23 KiB"),
            (16 * 1024 * 1024, "16 MiB"),
            (5_000_000_000, "4.6 GiB"),
        ] {
            assert_eq!(bytes(count), text);
        }
        assert_eq!(count_of(1, "file", "files"), "1 file");
        assert_eq!(count_of(2_000, "file", "files"), "2,000 files");
    }

    #[test]
    fn times_read_well() {
        for (ms, text) in
            [(-5, "0.0 s"), (440, "0.4 s"), (8_190, "8.1 s"), (34_000, "34 s"), (125_000, "2 min 5 s"), (3_720_000, "1 h 2 min")]
        {
            assert_eq!(span(ms), text);
        }
        for (ms, text) in
            [(-1, "just now"), (12_000, "12 s ago"), (240_000, "4 min ago"), (90_000_000, "yesterday"), (300_000_000, "3 days ago")]
        {
            assert_eq!(ago(ms), text);
        }
        for (range, text) in
            [((0, 2), "a moment left"), ((6, 9), "about 6–9 s left"), ((30, 100), "up to 2 min left"), ((120, 240), "about 2–5 min left")]
        {
            assert_eq!(remaining(range), text);
        }
        for (ms, text) in [(1_240, "0:01.24"), (754_000, "12:34.00"), (3_725_000, "1:02:05")] {
            assert_eq!(offset(ms), text);
        }
        assert_eq!(utc(Timestamp::from_micros(1_763_663_640_123_456)), "2025-11-20 18:34:00 UTC");
    }
}
