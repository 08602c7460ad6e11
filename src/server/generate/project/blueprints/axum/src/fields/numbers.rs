//! Rules for numbers.

use serde_json::{Value, json};

use super::values::Decimal;
use super::{Fault, Rule};

pub const DECIMAL: &str = r"^-?(0|[1-9][0-9]{0,15})(\.[0-9]{1,2})?$";

/// A whole number.
#[derive(Debug)]
pub struct Integer {
    least: i64,
    most: i64,
}

impl Integer {
    pub const ANY: Self = Self::between(i64::MIN, i64::MAX);

    pub const fn between(least: i64, most: i64) -> Self {
        Self { least, most }
    }

    pub const fn at_least(least: i64) -> Self {
        Self::between(least, i64::MAX)
    }

    pub const fn at_most(most: i64) -> Self {
        Self::between(i64::MIN, most)
    }
}

impl Rule for Integer {
    type Value = i64;

    fn read(&self, value: &Value) -> Result<i64, Fault> {
        let number = value.as_i64().ok_or("Should be a whole number of at most 64 bits")?;
        if number < self.least {
            return Err(format!("Should be {} or more", self.least).into());
        }
        if number > self.most {
            return Err(format!("Should be {} or less", self.most).into());
        }
        Ok(number)
    }

    fn read_text(&self, text: &str) -> Result<i64, Fault> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse::<i64>().ok().filter(|_| is_number);
        self.read(&number.map_or_else(|| Value::from(text), Value::from))
    }

    fn schema(&self) -> Value {
        json!({"type": "integer", "minimum": self.least, "maximum": self.most})
    }
}

/// How many: of pages, of things on one.
#[derive(Debug)]
pub struct Count {
    pub least: u32,
    pub most: u32,
}

impl Rule for Count {
    type Value = u32;

    fn read(&self, value: &Value) -> Result<u32, Fault> {
        let number = Integer::between(self.least.into(), self.most.into()).read(value)?;
        u32::try_from(number).map_err(|_| "Should be a number".into())
    }

    fn read_text(&self, text: &str) -> Result<u32, Fault> {
        let number = Integer::between(self.least.into(), self.most.into()).read_text(text)?;
        u32::try_from(number).map_err(|_| "Should be a number".into())
    }

    fn schema(&self) -> Value {
        Integer::between(self.least.into(), self.most.into()).schema()
    }
}

/// An exact number: a text in JSON. JSON Schema has no bounds for texts, so they are told beside it.
#[derive(Debug)]
pub struct Exact {
    least: Option<Decimal>,
    most: Option<Decimal>,
}

impl Exact {
    pub const ANY: Self = Self { least: None, most: None };

    pub const fn between(least: Decimal, most: Decimal) -> Self {
        Self { least: Some(least), most: Some(most) }
    }

    pub const fn at_least(least: Decimal) -> Self {
        Self { least: Some(least), most: None }
    }

    pub const fn at_most(most: Decimal) -> Self {
        Self { least: None, most: Some(most) }
    }
}

impl Rule for Exact {
    type Value = Decimal;

    fn read(&self, value: &Value) -> Result<Decimal, Fault> {
        let number = value
            .as_str()
            .and_then(Decimal::parse)
            .ok_or("Should be a text with at most two digits after the point, such as \"12.50\"")?;
        if let Some(least) = self.least.filter(|least| number < *least) {
            return Err(format!("Should be {least} or more").into());
        }
        if let Some(most) = self.most.filter(|most| number > *most) {
            return Err(format!("Should be {most} or less").into());
        }
        Ok(number)
    }

    fn schema(&self) -> Value {
        let mut schema = json!({"type": "string", "pattern": DECIMAL});
        if let Some(least) = self.least {
            schema["x-minimum"] = least.to_string().into();
        }
        if let Some(most) = self.most {
            schema["x-maximum"] = most.to_string().into();
        }
        schema
    }
}

/// A floating number.
#[derive(Debug)]
pub struct Float {
    least: f64,
    most: f64,
}

impl Float {
    pub const ANY: Self = Self::between(f64::MIN, f64::MAX);

    pub const fn between(least: f64, most: f64) -> Self {
        Self { least, most }
    }

    pub const fn at_least(least: f64) -> Self {
        Self::between(least, f64::MAX)
    }

    pub const fn at_most(most: f64) -> Self {
        Self::between(f64::MIN, most)
    }
}

impl Rule for Float {
    type Value = f64;

    fn read(&self, value: &Value) -> Result<f64, Fault> {
        let number = value.as_f64().ok_or("Should be a number")?;
        if number < self.least {
            return Err(format!("Should be {} or more", self.least).into());
        }
        if number > self.most {
            return Err(format!("Should be {} or less", self.most).into());
        }
        Ok(number)
    }

    fn schema(&self) -> Value {
        let mut schema = json!({"type": "number"});
        if self.least > f64::MIN {
            schema["minimum"] = self.least.into();
        }
        if self.most < f64::MAX {
            schema["maximum"] = self.most.into();
        }
        schema
    }
}
