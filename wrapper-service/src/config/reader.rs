use super::{Fault, Secret, secret::redact_url};
use figment::{
    Figment,
    value::{Num, Value},
};
use std::ops::RangeInclusive;

/// One value as it is in effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effective {
    pub key: String,
    /// As text, secrets redacted.
    pub shown: String,
    /// e.g. `default` or `the flag --listen`.
    pub origin: String,
}

/// Reads values one by one, notes each with its origin, and collects faults instead of stopping at
/// the first. A faulty value is read as its type's zero; the configuration is then thrown away.
pub struct Reader<'a> {
    figment: &'a Figment,
    pub effective: Vec<Effective>,
    pub faults: Vec<Fault>,
}

impl<'a> Reader<'a> {
    pub fn new(figment: &'a Figment, faults: Vec<Fault>) -> Self {
        Self {
            figment,
            effective: Vec::new(),
            faults,
        }
    }

    pub fn whole(&mut self, key: &str, range: RangeInclusive<u64>) -> u64 {
        let number = self
            .value(key)
            .and_then(|value| value.to_num())
            .and_then(Num::to_u128_lossy)
            .and_then(|number| u64::try_from(number).ok())
            .filter(|number| range.contains(number));
        let Some(number) = number else {
            let allowed = format!(
                "a whole number from {} to {} is allowed",
                range.start(),
                range.end()
            );
            self.refuse(key, &allowed);
            return 0;
        };
        self.note(key, number.to_string());
        number
    }

    /// For values whose range lies inside `u32`.
    pub fn count(&mut self, key: &str, range: RangeInclusive<u32>) -> u32 {
        let range = u64::from(*range.start())..=u64::from(*range.end());
        u32::try_from(self.whole(key, range)).unwrap_or_default()
    }

    pub fn number(&mut self, key: &str, range: RangeInclusive<f64>) -> f64 {
        let number = self
            .value(key)
            .and_then(|value| value.to_f64().or(value.to_i128().map(|whole| whole as f64)))
            .filter(|number| range.contains(number));
        let Some(number) = number else {
            let allowed = format!(
                "a number from {} to {} is allowed",
                range.start(),
                range.end()
            );
            self.refuse(key, &allowed);
            return 0.0;
        };
        self.note(key, number.to_string());
        number
    }

    pub fn switch(&mut self, key: &str) -> bool {
        let Some(on) = self.value(key).and_then(|value| value.to_bool()) else {
            self.refuse(key, "true or false is allowed");
            return false;
        };
        self.note(key, on.to_string());
        on
    }

    pub fn choice<T: Copy>(&mut self, key: &str, words: &[(&str, T)]) -> T {
        let said = self.value(key).and_then(Value::into_string);
        let chosen = words
            .iter()
            .find(|(word, _)| Some(*word) == said.as_deref());
        let Some(&(word, choice)) = chosen else {
            let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.refuse(key, &format!("one of {} is allowed", all.join(", ")));
            return words[0].1;
        };
        self.note(key, word.to_owned());
        choice
    }

    /// Empty is none.
    pub fn text(&mut self, key: &str) -> Option<String> {
        let Some(text) = self.value(key).and_then(Value::into_string) else {
            self.refuse(key, "a text is allowed");
            return None;
        };
        self.note(key, text.clone());
        (!text.trim().is_empty()).then_some(text)
    }

    /// An http(s) address; shown without a password in it.
    pub fn http_url(&mut self, key: &str) -> Option<String> {
        let url = self.url(key, &["http://", "https://"])?;
        Some(url.trim_end_matches('/').to_owned())
    }

    /// An address with one of these beginnings; shown without a password in it.
    pub fn url(&mut self, key: &str, schemes: &[&str]) -> Option<String> {
        let text = self.value(key).and_then(Value::into_string);
        let right = text.filter(|text| {
            text.is_empty()
                || schemes
                    .iter()
                    .any(|s| text.starts_with(s) && text.len() > s.len())
        });
        let Some(url) = right else {
            self.refuse(
                key,
                &format!(
                    "an address beginning with {} is allowed",
                    schemes.join(" or ")
                ),
            );
            return None;
        };
        self.note(key, redact_url(&url));
        (!url.is_empty()).then_some(url)
    }

    /// Texts beside each other, such as a program and its arguments.
    pub fn words(&mut self, key: &str) -> Vec<String> {
        let items = self.value(key).and_then(Value::into_array);
        let words = items.and_then(|items| items.into_iter().map(Value::into_string).collect());
        let Some(words): Option<Vec<String>> = words else {
            self.refuse(key, "a list of texts is allowed");
            return Vec::new();
        };
        self.note(key, words.join(" "));
        words
    }

    pub fn secret(&mut self, key: &str) -> Option<Secret> {
        let Some(text) = self.value(key).and_then(Value::into_string) else {
            self.refuse_silently(key, "a text is allowed");
            return None;
        };
        let secret = (!text.is_empty()).then(|| Secret::new(text));
        self.note(
            key,
            secret.as_ref().map(Secret::to_string).unwrap_or_default(),
        );
        secret
    }

    /// The raw value, for settings with a form of their own; they `note` or `refuse` it themselves.
    pub fn value(&self, key: &str) -> Option<Value> {
        self.figment.find_value(key).ok()
    }

    pub fn note(&mut self, key: &str, shown: String) {
        let origin = self.origin(key);
        self.effective.push(Effective {
            key: key.to_owned(),
            shown,
            origin,
        });
    }

    /// Refuses the value and shows it.
    pub fn refuse(&mut self, key: &str, allowed: &str) {
        let found = match self.value(key) {
            Some(value) => format!("{} is not allowed", show(&value)),
            None => "there is no value".into(),
        };
        self.fault(key, found, allowed);
    }

    /// Refuses the value without showing it.
    pub fn refuse_silently(&mut self, key: &str, allowed: &str) {
        self.fault(key, "this value is not allowed".into(), allowed);
    }

    pub fn fault(&mut self, key: &str, found: String, allowed: &str) {
        self.faults.push(Fault {
            key: key.to_owned(),
            origin: self.origin(key),
            found,
            allowed: allowed.to_owned(),
        });
    }

    fn origin(&self, key: &str) -> String {
        self.figment
            .find_metadata(key)
            .map_or_else(|| "default".into(), |metadata| metadata.name.to_string())
    }
}

fn show(value: &Value) -> String {
    match value {
        Value::String(_, text) => format!("{text:?}"),
        Value::Bool(_, on) => on.to_string(),
        Value::Num(_, number) => number
            .to_f64()
            .map(|n| n.to_string())
            .or(number.to_i128().map(|n| n.to_string()))
            .or(number.to_u128().map(|n| n.to_string()))
            .unwrap_or_else(|| "this number".into()),
        Value::Array(_, items) => {
            let items: Vec<String> = items.iter().map(show).collect();
            format!("[{}]", items.join(", "))
        }
        _ => "this value".into(),
    }
}
