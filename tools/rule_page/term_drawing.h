// Terms of rules as trees in SVG.
#ifndef EQSAT_TOOLS_RULE_PAGE_TERM_DRAWING_H_
#define EQSAT_TOOLS_RULE_PAGE_TERM_DRAWING_H_

#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "rules/language/ast.h"

namespace eqsat::tools {

// The text of an expression, in the rule language.
std::string ExprText(const rules::Expr& expr);

// `text` with what HTML reads otherwise spelt out.
std::string EscapedHtml(std::string_view text);

// An <svg> element: the terms beside each other, each an upside-down tree with its operands below
// it and, where it has one, its name above it. Classes op, leaf, attribute and edge are left to the
// page's style.
std::string DrawTerms(absl::Span<const rules::Binding> terms);

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_RULE_PAGE_TERM_DRAWING_H_
