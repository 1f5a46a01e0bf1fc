//! Bearer keys. A key owns the jobs it made and sees no others.

use crate::{
    app::AppState,
    config::{Auth, KeyRights},
    error::AppError,
};
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, Method, header, request::Parts},
    middleware::Next,
    response::Response,
};
use sideman_shared::protocol::Code;

/// Whose jobs these are when no keys are configured.
const ANONYMOUS: &str = "anonymous";
/// What orchestrators and watchers may ask without a key. The GPU queue sends none either; it is
/// listened to only about sessions whose random names it alone was told.
const OPEN_PATHS: [&str; 4] = ["/livez", "/readyz", "/health", "/task_notification"];

/// Who is asking: the name of the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, AppError> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| AppError::internal("a route outside of the key check asks who calls"))
    }
}

/// Lets through who may, and notes who it is.
pub async fn layer(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Result<Response, AppError> {
    if !OPEN_PATHS.contains(&request.uri().path()) {
        let caller = identify(&state.config.auth, request.headers(), request.method())?;
        request.extensions_mut().insert(caller);
    }
    Ok(next.run(request).await)
}

fn identify(auth: &Auth, headers: &HeaderMap, method: &Method) -> Result<Caller, AppError> {
    if auth.keys.is_empty() {
        return Ok(Caller(ANONYMOUS.into()));
    }
    let unauthorized = |detail: &str| AppError::new(Code::Unauthorized, detail);
    let sent = headers
        .get(header::AUTHORIZATION)
        .ok_or_else(|| unauthorized("Authorization: missing; send Bearer and the key"))?
        .to_str()
        .ok()
        .and_then(|v| v.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, key)| key.trim())
        .ok_or_else(|| unauthorized("Authorization: not of the form Bearer KEY"))?;
    let key = auth.keys.iter().find(|k| k.secret.matches(sent));
    let key = key.ok_or_else(|| unauthorized("Authorization: this key is not known here"))?;
    let only_looks = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    if key.may == KeyRights::Read && !only_looks {
        return Err(AppError::new(
            Code::Forbidden,
            format!("the key \"{}\" may only look", key.name),
        ));
    }
    Ok(Caller(key.name.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ApiKey, Secret};

    fn auth() -> Auth {
        let key = |name: &str, may| ApiKey {
            name: name.into(),
            secret: Secret::new(format!("{name}-secret")),
            may,
        };
        Auth {
            keys: vec![key("ann", KeyRights::All), key("bob", KeyRights::Read)],
            allow_anonymous: false,
        }
    }

    fn ask(authorization: Option<&str>, method: Method) -> Result<String, Code> {
        let mut headers = HeaderMap::new();
        if let Some(text) = authorization {
            headers.insert(header::AUTHORIZATION, text.parse().unwrap());
        }
        let found = identify(&auth(), &headers, &method);
        found.map(|c| c.0).map_err(|e| e.code)
    }

    #[test]
    fn keys_say_who_calls_and_what_they_may() {
        assert_eq!(
            ask(Some("Bearer ann-secret"), Method::POST),
            Ok("ann".into())
        );
        assert_eq!(
            ask(Some("bearer bob-secret"), Method::GET),
            Ok("bob".into())
        );
        assert_eq!(
            ask(Some("Bearer bob-secret"), Method::DELETE),
            Err(Code::Forbidden)
        );
        for wrong in [
            None,
            Some("Bearer nope"),
            Some("Basic YTpi"),
            Some("ann-secret"),
        ] {
            assert_eq!(
                ask(wrong, Method::GET),
                Err(Code::Unauthorized),
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn without_keys_everybody_is_anonymous() {
        let open = Auth {
            keys: Vec::new(),
            allow_anonymous: true,
        };
        let caller = identify(&open, &HeaderMap::new(), &Method::POST).unwrap();
        assert_eq!(caller.0, ANONYMOUS);
    }
}
