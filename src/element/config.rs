//! Attributes of the tag to what the widget needs; what is wrong comes with how to mend it.

use web_sys::{Element, Url};

use crate::endpoint::Place;

/// What the page's author wrote on the tag.
#[derive(Clone, Debug, Default)]
pub struct Config {
    pub endpoint: String,
    pub article: String,
    pub profile: String,
    pub language: String,
    page: String,
    /// What relative addresses are relative to.
    base: String,
    title: String,
}

impl Config {
    /// Reads the attributes of the tag and what the page says of itself.
    pub fn of(host: &Element) -> Self {
        let attribute = |name: &str| host.get_attribute(name).unwrap_or_default().trim().to_owned();
        let document = host.owner_document();
        let find = |selector: &str| document.as_ref()?.query_selector(selector).ok()?;
        let canonical = find("link[rel=canonical]").and_then(|link| link.get_attribute("href"));
        let base = host.base_uri().ok().flatten().unwrap_or_default();
        let page = canonical.and_then(|href| Url::new_with_base(&href, &base).ok());
        let address = document.as_ref().and_then(|document| document.url().ok());
        let page = page.or_else(|| Url::new(&address?).ok());
        let page = page.inspect(|page| {
            // Query and fragment may hold what is nobody's business.
            page.set_search("");
            page.set_hash("");
        });
        let spoken =
            host.closest("[lang]").ok().flatten().and_then(|near| near.get_attribute("lang"));
        let article = attribute("article");
        Self {
            endpoint: attribute("endpoint"),
            article: if article.is_empty() {
                page.as_ref().map(Url::pathname).unwrap_or_default()
            } else {
                article
            },
            profile: attribute("profile"),
            language: spoken.unwrap_or_else(|| "en".to_owned()),
            page: page.as_ref().map(Url::href).unwrap_or_default(),
            base,
            title: document.map(|document| document.title()).unwrap_or_default(),
        }
    }

    /// Where to talk to, as a whole address. `Err` says what to mend.
    pub fn place(&self) -> Result<Place, String> {
        if self.endpoint.is_empty() {
            return Err("the attribute endpoint is missing. Write <jaw-jaw endpoint=\"https://…\"> with the \
                        address of your comment server"
                .to_owned());
        }
        let address = Url::new_with_base(&self.endpoint, &self.base);
        let web = address.ok().filter(|url| matches!(url.protocol().as_str(), "http:" | "https:"));
        let endpoint = web.ok_or_else(|| {
            format!(
                "endpoint=\"{}\" is no web address. Write it as https://comments.example",
                self.endpoint
            )
        })?;
        Ok(Place {
            endpoint: endpoint.href().trim_end_matches('/').to_owned(),
            article: self.article.clone(),
            url: self.page.clone(),
            title: self.title.clone(),
        })
    }

    /// Tells this endpoint and article from others on this device.
    pub fn name(&self) -> String {
        [&self.endpoint, " ", &self.article].concat()
    }
}
