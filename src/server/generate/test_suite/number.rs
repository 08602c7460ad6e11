//! Arithmetic on JSON numbers that keeps 64-bit integers exact: 2^53 + 1 stays what it is.

use std::cmp::Ordering;

use serde_json::Number;

use super::json::Json;

fn whole(number: &Number) -> Option<i128> {
    number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from)).or_else(|| {
        #[allow(clippy::cast_possible_truncation, reason = "checked: whole and within the exact range of f64")]
        number.as_f64().filter(|value| value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0).map(|value| value as i128)
    })
}

fn real(number: &Number) -> f64 {
    number.as_f64().unwrap_or(0.0)
}

pub fn compare(a: &Number, b: &Number) -> Ordering {
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => real(a).partial_cmp(&real(b)).unwrap_or(Ordering::Equal),
    }
}

/// `1.0` is an integer too, as JSON Schema has it.
pub fn is_whole(number: &Number) -> bool {
    whole(number).is_some() || real(number).fract() == 0.0
}

/// `number + delta`; `None` where the sum cannot be written exactly enough to differ.
pub fn plus(number: &Number, delta: f64) -> Option<Number> {
    if let (Some(value), true) = (whole(number), delta.fract() == 0.0) {
        #[allow(clippy::cast_possible_truncation, reason = "deltas are small whole numbers")]
        let sum = value + delta as i128;
        return i64::try_from(sum).map(Number::from).or_else(|_| u64::try_from(sum).map(Number::from)).ok();
    }
    let sum = real(number) + delta;
    match Json::from(sum) {
        Json::Number(sum) if compare(&sum, number) != Ordering::Equal => Some(sum),
        _ => None,
    }
}

/// Whether `number` is a multiple of `step`; `None` where floating point cannot tell.
pub fn is_multiple(number: &Number, step: &Number) -> Option<bool> {
    if let (Some(number), Some(step)) = (whole(number), whole(step)) {
        return (step != 0).then(|| number % step == 0);
    }
    let (number, step) = (real(number), real(step));
    if step == 0.0 {
        return None;
    }
    let ratio = number / step;
    let off = (ratio - ratio.round()).abs();
    if off < 1e-9 {
        Some(true)
    } else if off > 1e-6 {
        Some(false)
    } else {
        None
    }
}

/// The smallest multiple of `step` that is at least `number`.
pub fn next_multiple(number: &Number, step: &Number) -> Option<Number> {
    if let (Some(number), Some(step)) = (whole(number), whole(step)) {
        let step = step.checked_abs().filter(|step| *step != 0)?;
        let up = number.checked_add((step - number.rem_euclid(step)) % step)?;
        return i64::try_from(up).map(Number::from).ok();
    }
    let (number, step) = (real(number), real(step).abs());
    match Json::from((number / step).ceil() * step) {
        Json::Number(number) => Some(number),
        _ => None,
    }
}
