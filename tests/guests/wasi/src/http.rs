//! A request by `wasi:http`, as a language's own HTTP client makes it.

use wasip2::http::outgoing_handler::handle;
use wasip2::http::types::{Fields, Method, OutgoingRequest, Scheme};

/// Status and body, or the error's name.
pub(crate) fn get(url: &str, headers: &[(String, String)]) -> Result<String, String> {
    let (scheme, rest) = url.split_once("://").ok_or("no URL")?;
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let fields = Fields::new();
    for (name, value) in headers {
        fields.append(name, value.as_bytes()).map_err(|error| format!("{error:?}"))?;
    }
    let request = OutgoingRequest::new(fields);
    let scheme = if scheme == "http" { Scheme::Http } else { Scheme::Https };
    let set = request
        .set_method(&Method::Get)
        .and_then(|()| request.set_scheme(Some(&scheme)))
        .and_then(|()| request.set_authority(Some(authority)))
        .and_then(|()| request.set_path_with_query(Some(&format!("/{path}"))));
    set.map_err(|()| "a malformed request")?;
    let future = handle(request, None).map_err(|error| format!("{error:?}"))?;
    future.subscribe().block();
    let response = future.get().ok_or("no answer")?.map_err(|()| "taken twice")?;
    let response = response.map_err(|error| format!("{error:?}"))?;
    let body = response.consume().map_err(|()| "no body")?;
    let stream = body.stream().map_err(|()| "no stream")?;
    let mut text = Vec::new();
    while let Ok(bytes) = stream.blocking_read(1 << 16) {
        text.extend(bytes);
    }
    Ok(format!("{} {}", response.status(), String::from_utf8_lossy(&text)))
}
