//! The Secret Service of the desktop (GNOME Keyring, KWallet, KeePassXC), over D-Bus on the client's own
//! runtime: no thread is left behind when the plugin is unloaded.

use super::ApiKey;
use secret_service::{EncryptionType, Error, Item, SecretService};
use std::collections::HashMap;

const LABEL: &str = "Sideman: API key";

/// Connects anew each time: keys are asked for once per connection to a service.
#[derive(Debug, Clone, Default)]
pub(super) struct Keychain;

impl Keychain {
    pub async fn load(&self, address: &str) -> Result<Option<ApiKey>, String> {
        let load = async {
            let service = connect().await?;
            let Some(item) = find(&service, address).await? else {
                return Ok(None);
            };
            item.ensure_unlocked_by_user().await?;
            let secret = item.get_secret().await?;
            Ok(std::str::from_utf8(&secret).ok().and_then(ApiKey::read))
        };
        load.await.map_err(words)
    }

    /// Whether there is one, locked or not.
    pub async fn has(&self, address: &str) -> Result<bool, String> {
        let has = async {
            let service = connect().await?;
            Ok(find(&service, address).await?.is_some())
        };
        has.await.map_err(words)
    }

    pub async fn store(&self, address: &str, key: &ApiKey) -> Result<(), String> {
        let store = async {
            let service = connect().await?;
            let collection = service.get_default_collection().await?;
            if collection.is_locked().await? {
                collection.unlock().await?;
            }
            let label = format!("{LABEL} for {address}");
            let secret = key.expose().as_bytes();
            let (attributes, replace) = (attributes(address), true);
            let kept = collection.create_item(&label, attributes, secret, replace, "text/plain");
            kept.await.map(drop)
        };
        store.await.map_err(words)
    }

    pub async fn forget(&self, address: &str) -> Result<(), String> {
        let forget = async {
            let service = connect().await?;
            match find(&service, address).await? {
                Some(item) => item.delete().await,
                None => Ok(()),
            }
        };
        forget.await.map_err(words)
    }
}

trait Unlock {
    async fn ensure_unlocked_by_user(&self) -> Result<(), Error>;
}

impl Unlock for Item<'_> {
    async fn ensure_unlocked_by_user(&self) -> Result<(), Error> {
        if self.is_locked().await? {
            self.unlock().await?;
        }
        Ok(())
    }
}

async fn connect() -> Result<SecretService<'static>, Error> {
    SecretService::connect(EncryptionType::Dh).await
}

/// Unlocked ones first.
async fn find<'a>(
    service: &'a SecretService<'_>,
    address: &str,
) -> Result<Option<Item<'a>>, Error> {
    let found = service.search_items(attributes(address)).await?;
    Ok(found.unlocked.into_iter().chain(found.locked).next())
}

fn attributes(address: &str) -> HashMap<&str, &str> {
    HashMap::from([("application", "Sideman"), ("service", address)])
}

/// The library's errors name no secret.
fn words(error: Error) -> String {
    error.to_string()
}
