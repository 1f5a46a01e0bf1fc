//! Whether the desktop is dark or light. On Linux its settings portal knows, over D-Bus on the client's
//! own runtime, so that no thread is left behind when the plugin is unloaded.

use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DesktopTheme {
    Dark,
    Light,
}

/// A portal that has yet to be started takes a moment; one that hangs must not be waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// `None` where nobody says.
pub async fn theme() -> Option<DesktopTheme> {
    match tokio::time::timeout(PATIENCE, system::theme()).await {
        Ok(Ok(theme)) => theme,
        Ok(Err(why)) => {
            tracing::debug!("the desktop does not say whether it is dark: {why}");
            None
        }
        Err(_) => None,
    }
}

#[cfg(target_os = "linux")]
mod system {
    use super::DesktopTheme;
    use zbus::{Connection, Error, zvariant::Value};

    pub async fn theme() -> Result<Option<DesktopTheme>, Error> {
        ask(&Connection::session().await?).await
    }

    /// `Read` wraps the value twice; the newer `ReadOne` is not everywhere.
    pub(super) async fn ask(bus: &Connection) -> Result<Option<DesktopTheme>, Error> {
        let answer = bus
            .call_method(
                Some("org.freedesktop.portal.Desktop"),
                "/org/freedesktop/portal/desktop",
                Some("org.freedesktop.portal.Settings"),
                "Read",
                &("org.freedesktop.appearance", "color-scheme"),
            )
            .await?;
        let body = answer.body();
        let mut value: Value<'_> = body.deserialize()?;
        while let Value::Value(inner) = value {
            value = *inner;
        }
        Ok(match value {
            Value::U32(1) => Some(DesktopTheme::Dark),
            Value::U32(2) => Some(DesktopTheme::Light),
            // No preference.
            _ => None,
        })
    }
}

/// A look into the system's settings that takes no time.
#[cfg(not(target_os = "linux"))]
mod system {
    use super::DesktopTheme;

    #[expect(clippy::unused_async, reason = "on Linux the same question waits")]
    pub async fn theme() -> Result<Option<DesktopTheme>, dark_light::Error> {
        Ok(match dark_light::detect()? {
            dark_light::Mode::Dark => Some(DesktopTheme::Dark),
            dark_light::Mode::Light => Some(DesktopTheme::Light),
            dark_light::Mode::Unspecified => None,
        })
    }
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::UnixStream;
    use zbus::{
        connection::Builder,
        fdo, interface,
        zvariant::{OwnedValue, Value},
    };

    /// A settings portal that gives this number for everything.
    struct Portal(Option<u32>);

    #[interface(name = "org.freedesktop.portal.Settings")]
    impl Portal {
        fn read(&self, namespace: &str, key: &str) -> fdo::Result<OwnedValue> {
            assert_eq!(
                (namespace, key),
                ("org.freedesktop.appearance", "color-scheme")
            );
            let number = self
                .0
                .ok_or_else(|| fdo::Error::Failed("no such setting".into()))?;
            let wrapped = Value::Value(Box::new(Value::U32(number)));
            wrapped
                .try_to_owned()
                .map_err(|e| fdo::Error::Failed(e.to_string()))
        }
    }

    async fn answer(portal: Portal) -> Result<Option<DesktopTheme>, zbus::Error> {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let guid = zbus::Guid::generate();
        let served = Builder::unix_stream(theirs)
            .server(guid)
            .unwrap()
            .p2p()
            .serve_at("/org/freedesktop/portal/desktop", portal)
            .unwrap();
        let (served, asking) =
            tokio::join!(served.build(), Builder::unix_stream(ours).p2p().build());
        let _served = served.unwrap();
        system::ask(&asking.unwrap()).await
    }

    #[tokio::test]
    async fn the_portal_s_number_is_understood() {
        for (number, theme) in [
            (0, None),
            (1, Some(DesktopTheme::Dark)),
            (2, Some(DesktopTheme::Light)),
            (9, None),
        ] {
            assert_eq!(
                answer(Portal(Some(number))).await.unwrap(),
                theme,
                "{number}"
            );
        }
        assert!(answer(Portal(None)).await.is_err());
    }
}
