//! The service's address: what the user typed, made into something requests can be built on.

use reqwest::Url;
use std::net::IpAddr;

/// `http://host:port` with an optional path in front of `/v1`; no user, password, query or fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(Url);

/// Why a text is not an address; a whole sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error("{0:?} is not an address. Enter one such as http://127.0.0.1:8002 in Settings.")]
    Unreadable(String),
    #[error(
        "The address begins with {0}://, which Sideman does not speak. Use http:// or https://."
    )]
    Scheme(String),
    #[error(
        "The address carries a user name or password. Take them out and enter the API key in \
         Settings instead: addresses are saved with the project."
    )]
    Credentials,
}

impl Address {
    /// Reads what people type; without a scheme it is `http`.
    ///
    /// # Errors
    /// It names no host, or carries a password.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let with_scheme = if text.contains("://") {
            text.to_owned()
        } else {
            format!("http://{text}")
        };
        let parsed = Url::parse(&with_scheme);
        let mut url = parsed.map_err(|_| AddressError::Unreadable(text.to_owned()))?;
        // Before anything else: an error must not repeat a password.
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::Credentials);
        }
        if !matches!(url.scheme(), "http" | "https") {
            return Err(AddressError::Scheme(url.scheme().to_owned()));
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(AddressError::Unreadable(text.to_owned()));
        }
        url.set_query(None);
        url.set_fragment(None);
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }

    /// As shown and as keys are stored by: no slash at the end.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// `path` begins with a slash.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.as_str())
    }

    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// This very machine: no proxy stands between.
    pub fn is_loopback(&self) -> bool {
        let host = self.0.host_str().unwrap_or_default();
        let ip = host.trim_matches(['[', ']']).parse::<IpAddr>();
        host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_type() {
        for (typed, read) in [
            ("127.0.0.1:8002", "http://127.0.0.1:8002"),
            (" http://studio.local:8002/ ", "http://studio.local:8002"),
            (
                "https://gpu.example/sideman/?x=1#y",
                "https://gpu.example/sideman",
            ),
            ("[::1]:8002", "http://[::1]:8002"),
        ] {
            let address = Address::parse(typed).unwrap();
            assert_eq!(address.as_str(), read);
            assert_eq!(address.join("/v1/jobs"), format!("{read}/v1/jobs"));
        }
        assert!(Address::parse("[::1]:8002").unwrap().is_loopback());
        assert!(!Address::parse("10.0.0.1").unwrap().is_loopback());
    }

    #[test]
    fn refuses_nonsense_and_never_repeats_a_password() {
        for typed in ["", "http://", "ftp://host", "http://a b", "::"] {
            assert!(Address::parse(typed).is_err(), "{typed}");
        }
        let said = Address::parse("http://me:s3cret@host")
            .unwrap_err()
            .to_string();
        assert!(!said.contains("s3cret"), "{said}");
    }
}
