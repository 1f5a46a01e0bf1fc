//! The keychain of macOS and the Credential Manager of Windows. Both may ask the user, so each call is
//! made on the runtime's threads for what blocks.

use super::ApiKey;
use keyring::v1::{Entry, Error};

const SERVICE: &str = "Sideman";

#[derive(Debug, Clone, Default)]
pub(super) struct Keychain;

impl Keychain {
    pub async fn load(&self, address: &str) -> Result<Option<ApiKey>, String> {
        ask(address, |entry| match entry.get_password() {
            Ok(text) => Ok(ApiKey::read(&text)),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
        .await
    }

    pub async fn has(&self, address: &str) -> Result<bool, String> {
        Ok(self.load(address).await?.is_some())
    }

    pub async fn store(&self, address: &str, key: &ApiKey) -> Result<(), String> {
        let key = key.clone();
        ask(address, move |entry| entry.set_password(key.expose())).await
    }

    pub async fn forget(&self, address: &str) -> Result<(), String> {
        ask(address, |entry| match entry.delete_credential() {
            Err(Error::NoEntry) => Ok(()),
            other => other,
        })
        .await
    }
}

async fn ask<T: Send + 'static>(
    address: &str,
    what: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
) -> Result<T, String> {
    let address = address.to_owned();
    let asked = tokio::task::spawn_blocking(move || what(&Entry::new(SERVICE, &address)?));
    match asked.await {
        Ok(answer) => answer.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    }
}
