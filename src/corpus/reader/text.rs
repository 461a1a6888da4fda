//! Builds the text of a document together with the sections that point into it.

use std::ops::Range;

use super::super::document::Section;

/// The text so far and its sections.
#[derive(Debug, Default)]
pub(super) struct TextBuilder {
    pub text: String,
    pub sections: Vec<Section>,
}

impl TextBuilder {
    /// A heading: part of the text, of no section.
    pub fn heading(&mut self, text: &str) {
        self.block(text);
    }

    /// Paragraphs that one section holds; where they stand in the text.
    pub fn paragraphs<'a>(&mut self, paragraphs: impl IntoIterator<Item = &'a str>) -> Range<usize> {
        let mut range: Option<Range<usize>> = None;
        for paragraph in paragraphs {
            let added = self.block(paragraph);
            range = Some(range.map_or(added.clone(), |range| range.start..added.end));
        }
        range.unwrap_or(self.text.len()..self.text.len())
    }

    fn block(&mut self, text: &str) -> Range<usize> {
        if !self.text.is_empty() {
            self.text.push_str("\n\n");
        }
        let start = self.text.len();
        self.text.push_str(text);
        start..self.text.len()
    }
}
