// The HTML standard, and what makes a document usable by everybody as far as its HTML alone shows it.
module.exports = {
  root: true,
  extends: ["html-validate:standard", "html-validate:a11y", "html-validate:document"],
  rules: {
    // What is wrong is said first, above the one h1: the summary of errors has an h2.
    "heading-level": ["error", {minInitialRank: "h2"}],
    // Script and style come from our own origin, and the content policy lets in no other.
    "require-sri": "off",
    // The links of the head stand there twice, folded for a phone and open for a desk; one of them is never displayed.
    "unique-landmark": "off",
  },
};
