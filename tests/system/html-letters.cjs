// The HTML standard, without an exception: a letter has to be right for the most old-fashioned program that shows it.
module.exports = {
  root: true,
  extends: ["html-validate:standard", "html-validate:a11y", "html-validate:document"],
};
