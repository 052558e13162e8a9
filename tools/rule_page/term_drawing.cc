#include "tools/rule_page/term_drawing.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "ir/base/strings.h"

namespace eqsat::tools {
namespace {

using rules::Expr;

// Pixels.
constexpr double kCharacter = 7.3;
constexpr double kSmallCharacter = 5.9;
constexpr double kPadding = 8;
constexpr double kLineHeight = 13;
constexpr double kBoxHeight = 22;
constexpr double kGap = 12;       // between neighbours
constexpr double kLevelGap = 20;  // between a term and its operands
constexpr double kTermGap = 30;   // between terms

// UTF-8 characters.
double Length(std::string_view text) {
  return static_cast<double>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string TypeText(const rules::TypeDecl& type) {
  if (!type.has_dims) return type.name;
  std::vector<std::string> dims;
  for (const rules::TypeDecl::Dim& dim : type.dims) {
    switch (dim.kind) {
      case rules::TypeDecl::Dim::Kind::kSize:
        dims.push_back(base::StrCat(dim.size));
        break;
      case rules::TypeDecl::Dim::Kind::kName:
        dims.push_back(dim.name);
        break;
      case rules::TypeDecl::Dim::Kind::kSequence:
        dims.push_back(base::StrCat(dim.name, "..."));
        break;
      case rules::TypeDecl::Dim::Kind::kAnySequence:
        dims.emplace_back("...");
        break;
    }
  }
  return base::StrCat(type.name, "[", base::Join(dims, ", "), "]");
}

std::string OperatorText(const Expr& expr) {
  auto operand = [](const Expr& argument) {
    const std::string text = ExprText(argument);
    return argument.kind == Expr::Kind::kOperator ? base::StrCat("(", text, ")") : text;
  };
  if (expr.arguments.size() == 1)
    return base::StrCat(expr.text, expr.text == "not" ? " " : "", operand(expr.arguments[0]));
  return base::StrCat(operand(expr.arguments[0]), " ", expr.text, " ", operand(expr.arguments[1]));
}

std::string NumberText(const Expr& expr) {
  if (expr.kind == Expr::Kind::kInteger) return base::StrCat(expr.integer);
  // A number that was negated keeps the text without its sign.
  return base::StrCat(std::signbit(expr.number) ? "-" : "", expr.text);
}

// A term with its operands, and where it stands.
struct Node {
  std::string label;
  std::vector<std::string> attributes;  // a line each
  std::vector<Node> children;
  bool is_leaf = false;
  double width = 0;   // of all
  double height = 0;  // of all
  double box_width = 0;
  double box_height = 0;
};

bool IsTerm(const Expr& expr) {
  return expr.kind == Expr::Kind::kCall || expr.kind == Expr::Kind::kEach;
}

Node NodeOf(const Expr& expr) {
  Node node;
  node.is_leaf = !IsTerm(expr);
  if (expr.kind == Expr::Kind::kEach) {
    node.label = base::StrCat("each ", expr.text, " in ", expr.region);
    node.children.push_back(NodeOf(expr.arguments[0]));
  } else if (node.is_leaf) {
    node.label = ExprText(expr);
  } else {
    node.label = expr.region.empty() ? expr.text : base::StrCat(expr.text, "<", expr.region, ">");
    for (const Expr& argument : expr.arguments) node.children.push_back(NodeOf(argument));
    for (const rules::NamedArgument& named : expr.named)
      node.attributes.push_back(base::StrCat(named.name, "=", ExprText(named.value)));
    if (!expr.capture.empty()) node.attributes.push_back(base::StrCat("..", expr.capture));
  }
  node.box_width = Length(node.label) * kCharacter;
  for (const std::string& attribute : node.attributes)
    node.box_width = std::max(node.box_width, Length(attribute) * kSmallCharacter);
  node.box_width += 2 * kPadding;
  node.box_height = kBoxHeight + static_cast<double>(node.attributes.size()) * kLineHeight;
  double below = -kGap;
  for (const Node& child : node.children) {
    below += child.width + kGap;
    node.height = std::max(node.height, child.height + kLevelGap);
  }
  node.width = std::max(node.box_width, below);
  node.height += node.box_height;
  return node;
}

// The part of the tree at `node`, whose upper left corner is (x, y).
void Draw(const Node& node, double x, double y, std::string* svg) {
  const double middle = x + node.width / 2;
  double below = -kGap;
  for (const Node& child : node.children) below += child.width + kGap;
  double child_x = middle - below / 2;
  for (const Node& child : node.children) {
    const double child_y = y + node.box_height + kLevelGap;
    absl::StrAppendFormat(svg,
                          "<line class=\"edge\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
                          middle, y + node.box_height, child_x + child.width / 2, child_y);
    Draw(child, child_x, child_y, svg);
    child_x += child.width + kGap;
  }
  absl::StrAppendFormat(
      svg, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"%d\"/>",
      node.is_leaf ? "leaf" : "op", middle - node.box_width / 2, y, node.box_width, node.box_height,
      node.is_leaf ? 10 : 4);
  absl::StrAppendFormat(svg, "<text x=\"%.1f\" y=\"%.1f\">%s</text>", middle, y + 15,
                        EscapedHtml(node.label));
  double line = y + 15;
  for (const std::string& attribute : node.attributes) {
    line += kLineHeight;
    absl::StrAppendFormat(svg, "<text class=\"attribute\" x=\"%.1f\" y=\"%.1f\">%s</text>", middle,
                          line, EscapedHtml(attribute));
  }
}

}  // namespace

std::string ExprText(const Expr& expr) {
  switch (expr.kind) {
    case Expr::Kind::kName:
      return expr.type ? base::StrCat(expr.text, ": ", TypeText(*expr.type)) : expr.text;
    case Expr::Kind::kInteger:
    case Expr::Kind::kNumber:
      return NumberText(expr);
    case Expr::Kind::kString:
      return base::StrCat("\"", expr.text, "\"");
    case Expr::Kind::kSpread:
      return base::StrCat(expr.text, "...");
    case Expr::Kind::kEach:
      return base::StrCat("each ", expr.text, " in ", expr.region, ": ",
                          ExprText(expr.arguments[0]));
    case Expr::Kind::kOperator:
      return OperatorText(expr);
    case Expr::Kind::kList:
    case Expr::Kind::kCall:
      break;
  }
  std::vector<std::string> parts;
  for (const Expr& argument : expr.arguments) parts.push_back(ExprText(argument));
  if (expr.kind == Expr::Kind::kList) return base::StrCat("[", base::Join(parts, ", "), "]");
  for (const rules::NamedArgument& named : expr.named)
    parts.push_back(base::StrCat(named.name, "=", ExprText(named.value)));
  if (!expr.capture.empty()) parts.push_back(base::StrCat("..", expr.capture));
  const std::string region = expr.region.empty() ? "" : base::StrCat("<", expr.region, ">");
  return base::StrCat(expr.text, region, "(", base::Join(parts, ", "), ")");
}

std::string EscapedHtml(std::string_view text) {
  std::string escaped;
  for (char c : text) {
    switch (c) {
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '&':
        escaped += "&amp;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string DrawTerms(absl::Span<const rules::Binding> terms) {
  constexpr double kMargin = 2;
  std::string inside;
  double x = kMargin;
  double height = 0;
  for (const rules::Binding& term : terms) {
    const Node tree = NodeOf(term.value);
    double y = kMargin;
    if (!term.name.empty()) {
      absl::StrAppendFormat(&inside, "<text class=\"name\" x=\"%.1f\" y=\"%.1f\">%s =</text>",
                            x + tree.width / 2, y + kLineHeight - 2, EscapedHtml(term.name));
      y += kLineHeight + 4;
    }
    Draw(tree, x, y, &inside);
    height = std::max(height, y + tree.height + kMargin);
    x += tree.width + kTermGap;
  }
  const double width = x - kTermGap + kMargin;
  return absl::StrFormat("<svg width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\">%s</svg>",
                         width, height, width, height, inside);
}

}  // namespace eqsat::tools
