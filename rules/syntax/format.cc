#include "rules/syntax/format.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "rules/language/parser.h"
#include "rules/syntax/keywords.h"
#include "rules/syntax/spacing.h"

namespace eqsat::rules {
namespace {

using Kind = Token::Kind;

constexpr size_t kFieldIndent = 2;
constexpr size_t kFieldWidth = 8;  // of the keyword, before a space

bool Opens(const Token& token) {
  return IsSymbol(token, "(") || IsSymbol(token, "[") || IsSymbol(token, "{");
}
bool Closes(const Token& token) {
  return IsSymbol(token, ")") || IsSymbol(token, "]") || IsSymbol(token, "}");
}

bool IsName(const Token& token, std::string_view name) {
  return token.kind == Kind::kName && token.text == name;
}

struct Comment {
  int32_t line = 0;
  bool alone = false;  // on its line
  std::string text;    // from the # on, without what follows the last letter
};

// What stands after the tokens of each line, if it begins with #.
std::vector<Comment> CommentsOf(const SourceText& source, absl::Span<const Token> tokens) {
  std::vector<Comment> comments;
  std::string_view rest = source.text();
  size_t next = 0;  // token
  for (int32_t line = 1; !rest.empty(); ++line) {
    const std::string_view text = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), text.size() + 1));
    size_t column = 0;
    const size_t first = next;
    for (; next < tokens.size() && tokens[next].place.line == line; ++next)
      if (tokens[next].kind != Kind::kEnd)
        column = static_cast<size_t>(tokens[next].end_column) - 1;
    const size_t hash = text.find('#', column);
    if (hash == std::string_view::npos) continue;
    const size_t end = text.find_last_not_of(" \t\r");
    const bool alone = first == next || tokens[first].kind == Kind::kEnd;
    comments.push_back({line, alone, std::string(text.substr(hash, end + 1 - hash))});
  }
  return comments;
}

// What a token begins.
enum class Begin : uint8_t {
  kNothing,
  kStatement,
  kField,    // its keyword
  kContent,  // of a field: what follows the keyword
  kBinding,  // a further `name =` of a field
  kClose,    // the '}' of a rule
};

// Finds statements, fields and bindings among the tokens of a file that the parser accepts.
class Outline {
 public:
  Outline(absl::Span<const Token> tokens, absl::Span<const TokenContext> contexts)
      : tokens_(tokens), contexts_(contexts), begins_(tokens.size(), Begin::kNothing) {
    for (size_t i = 0; i + 1 < tokens_.size();) i = Statement(i);
  }

  const std::vector<Begin>& begins() const { return begins_; }

 private:
  size_t Statement(size_t i) {
    begins_[i] = Begin::kStatement;
    if (tokens_[i].text == "rule" && !AtShortRule(i)) return BlockRule(i);
    size_t depth = 0;
    for (++i; i + 1 < tokens_.size(); ++i) {
      if (depth == 0 && (AtShortRule(i) || AtStatementKeyword(i))) break;
      Follow(i, &depth);
    }
    return i;
  }

  void Follow(size_t i, size_t* depth) const {
    if (Opens(tokens_[i])) ++*depth;
    if (Closes(tokens_[i]) && *depth > 0) --*depth;
  }

  bool AtShortRule(size_t i) const {
    if (tokens_[i].kind != Kind::kName || contexts_[i].in_rule_name) return false;
    for (++i; i < tokens_.size() && contexts_[i].in_rule_name;) ++i;
    return i < tokens_.size() && contexts_[i].opens_header;
  }

  // One that is no variable of an expression: it begins a line, and a name or a text follows.
  bool AtStatementKeyword(size_t i) const {
    if (tokens_[i].kind != Kind::kName || !IsKeyword(tokens_[i].text, KeywordUse::kStatement))
      return false;
    const Token& next = tokens_[i + 1];
    return tokens_[i].place.line > tokens_[i - 1].place.line && !IsWordOperator(next) &&
           (next.kind == Kind::kName || next.kind == Kind::kString);
  }

  size_t BlockRule(size_t i) {
    while (!IsSymbol(tokens_[i], "{")) ++i;
    size_t depth = 1;
    for (++i; i + 1 < tokens_.size() && depth > 0; ++i) {
      if (depth == 1 && AtField(i)) {
        begins_[i] = Begin::kField;
        begins_[i + 1] = Begin::kContent;
      } else if (depth == 1 && begins_[i] == Begin::kNothing && AtBinding(i)) {
        begins_[i] = Begin::kBinding;
      }
      Follow(i, &depth);
      if (depth == 0) begins_[i] = Begin::kClose;
    }
    return i;
  }

  bool AtField(size_t i) const {
    if (tokens_[i].kind != Kind::kName || !IsKeyword(tokens_[i].text, KeywordUse::kField))
      return false;
    const Token& before = tokens_[i - 1];
    const bool ends_field = before.kind == Kind::kString || before.kind == Kind::kInteger ||
                            before.kind == Kind::kNumber || IsSymbol(before, "{") ||
                            Closes(before) ||
                            (before.kind == Kind::kName && !IsWordOperator(before));
    return ends_field && begins_[i] != Begin::kContent && !IsSymbol(tokens_[i + 1], "=");
  }

  bool AtBinding(size_t i) const {
    return tokens_[i].kind == Kind::kName && IsSymbol(tokens_[i + 1], "=");
  }

  absl::Span<const Token> tokens_;
  absl::Span<const TokenContext> contexts_;
  std::vector<Begin> begins_;
};

// Lays tokens and comments out, and notes which token begins each line.
class Layout {
 public:
  Layout(absl::Span<const Token> tokens, absl::Span<const TokenContext> contexts,
         absl::Span<const Begin> begins, absl::Span<const Comment> comments,
         const std::vector<bool>& extra_breaks)
      : tokens_(tokens),
        contexts_(contexts),
        begins_(begins),
        comments_(comments),
        extra_breaks_(extra_breaks) {}

  std::string Run() {
    for (size_t i = 0; i + 1 < tokens_.size(); ++i) PlaceToken(i);
    PlaceComments(tokens_.back().place.line + 1);
    if (!line_.empty()) EndLine();
    return std::move(text_);
  }

  // The first token of a line that is too long, and the token where that line ends.
  std::optional<std::pair<size_t, size_t>> first_long_line() const { return first_long_line_; }
  // Where token `i` ended on its line.
  size_t end_column(size_t i) const { return end_columns_[i]; }

 private:
  struct Bracket {
    size_t column = 0;  // of what is inside
    bool is_rule = false;
  };

  void PlaceToken(size_t i) {
    const Token& token = tokens_[i];
    PlaceComments(token.place.line);
    const bool begins_line = BreaksBefore(i);
    if (begins_line && !line_.empty()) EndLine();
    if (line_.empty()) {
      if (i > 0 && MayFollowEmptyLine(i) && token.place.line > last_line_ + 1) text_ += "\n";
      line_.assign(Indent(i), ' ');
      line_begin_ = i;
    } else if (HasSpaceBefore(tokens_, contexts_, i)) {
      line_ += ' ';
    }
    if (begins_[i] == Begin::kContent)
      line_.resize(std::max(line_.size(), kFieldIndent + kFieldWidth), ' ');
    if (begins_[i] == Begin::kStatement) {
      brackets_.clear();
      continuation_ = kFieldIndent;
    }
    if (Closes(token)) {
      if (!brackets_.empty()) brackets_.pop_back();
      column_pending_ = false;
    }
    if (begins_[i] == Begin::kContent) content_column_ = line_.size();
    FixColumn();
    line_ += token.kind == Kind::kString ? "\"" + token.text + "\"" : token.text;
    // Further conditions stand below the first.
    if (brackets_.empty() && line_begin_ == i && IsName(token, "where"))
      continuation_ = line_.size() + 1;
    end_columns_.resize(i + 1);
    end_columns_[i] = line_.size();
    if (Opens(token)) {
      brackets_.push_back({.column = 0, .is_rule = IsRuleBrace(i)});
      column_pending_ = true;
    }
    last_line_ = token.place.line;
    line_end_ = i;
  }

  // The bracket before is open: what stands here is where its later lines begin.
  void FixColumn() {
    if (!column_pending_) return;
    column_pending_ = false;
    if (!brackets_.empty()) brackets_.back().column = line_.size();
  }

  bool IsRuleBrace(size_t brace) const {
    return brackets_.empty() && IsSymbol(tokens_[brace], "{") &&
           tokens_[line_begin_].text == "rule";
  }

  bool BreaksBefore(size_t i) const {
    if (i == 0 || line_ends_) return true;
    switch (begins_[i]) {
      case Begin::kStatement:
      case Begin::kField:
      case Begin::kBinding:
      case Begin::kClose:
        return true;
      case Begin::kContent:
        return false;
      case Begin::kNothing:
        break;
    }
    if (extra_breaks_[i]) return true;
    const Token& token = tokens_[i];
    const bool closes = IsSymbol(token, ",") || Closes(token);
    const bool after_bracket = Opens(tokens_[i - 1]);
    const bool in_header = contexts_[i].in_rule_name || contexts_[i].opens_header ||
                           begins_[i - 1] == Begin::kStatement || IsSymbol(token, "{");
    if (closes || after_bracket || in_header || IsSymbol(token, ":")) return false;
    return token.place.line > tokens_[i - 1].place.line;
  }

  bool MayFollowEmptyLine(size_t i) const {
    return begins_[i] == Begin::kStatement || begins_[i] == Begin::kField;
  }

  size_t Indent(size_t i) const {
    switch (begins_[i]) {
      case Begin::kStatement:
      case Begin::kClose:
        return 0;
      case Begin::kField:
        return kFieldIndent;
      default:
        break;
    }
    if (brackets_.empty()) return IsName(tokens_[i], "where") ? kFieldIndent : continuation_;
    return brackets_.back().is_rule ? content_column_ : brackets_.back().column;
  }

  // Those up to the line of the next token.
  void PlaceComments(int32_t line) {
    for (; next_comment_ < comments_.size() && comments_[next_comment_].line < line;
         ++next_comment_) {
      const Comment& comment = comments_[next_comment_];
      if (!comment.alone) {
        line_ += "  " + comment.text;
        line_ends_ = true;
        has_comment_ = true;
        last_line_ = comment.line;
        continue;
      }
      if (!line_.empty()) EndLine();
      if (comment.line > last_line_ + 1 && last_line_ > 0 && brackets_.size() <= 1) text_ += "\n";
      text_ += std::string(CommentIndent(), ' ') + comment.text + "\n";
      last_line_ = comment.line;
    }
  }

  // Between statements, or between the fields of a rule, or inside a term.
  size_t CommentIndent() const {
    if (brackets_.empty()) return 0;
    return brackets_.back().is_rule ? kFieldIndent : brackets_.back().column;
  }

  void EndLine() {
    if (line_.size() > kMaxColumns && !has_comment_ && !first_long_line_)
      first_long_line_ = {line_begin_, line_end_};
    text_ += line_ + "\n";
    line_.clear();
    line_ends_ = false;
    has_comment_ = false;
  }

  absl::Span<const Token> tokens_;
  absl::Span<const TokenContext> contexts_;
  absl::Span<const Begin> begins_;
  absl::Span<const Comment> comments_;
  const std::vector<bool>& extra_breaks_;
  std::string text_;
  std::string line_;
  std::vector<Bracket> brackets_;
  std::vector<size_t> end_columns_;
  std::optional<std::pair<size_t, size_t>> first_long_line_;
  size_t next_comment_ = 0;
  size_t line_begin_ = 0;  // tokens
  size_t line_end_ = 0;
  size_t content_column_ = 0;           // of the field
  size_t continuation_ = kFieldIndent;  // of the later lines of a statement
  int32_t last_line_ = 0;               // in the source, of what was placed last
  bool column_pending_ = false;
  bool line_ends_ = false;  // a comment ended the line
  bool has_comment_ = false;
};

// How good it is to begin a line with token `i`; 0: not allowed.
int BreakQuality(absl::Span<const Token> tokens, absl::Span<const TokenContext> contexts,
                 size_t i) {
  const Token& before = tokens[i - 1];
  if (IsSymbol(before, ":") && !contexts[i - 1].in_parentheses && i >= 2 &&
      IsSymbol(tokens[i - 2], "]"))
    return 3;
  if (IsName(tokens[i], "where")) return 2;
  if (IsSymbol(tokens[i], "=>") || IsSymbol(tokens[i], "<=>")) return 2;
  return IsSymbol(before, ",") && !contexts[i - 1].in_tight_list ? 1 : 0;
}

// The token to begin a line with so that the line from `begin` to `end` gets shorter: a place
// between parts of a statement, else the last that fits of the least nested commas.
std::optional<size_t> PlaceToBreak(const Layout& layout, absl::Span<const Token> tokens,
                                   absl::Span<const TokenContext> contexts, size_t begin,
                                   size_t end) {
  std::optional<size_t> best;
  std::pair<int, int> best_quality = {0, 0};
  int depth = 0;
  for (size_t i = begin + 1; i <= end && layout.end_column(i - 1) <= kMaxColumns; ++i) {
    depth += Opens(tokens[i - 1]) - Closes(tokens[i - 1]);
    const std::pair<int, int> quality = {BreakQuality(tokens, contexts, i), -depth};
    if (quality.first == 0 || (best && quality < best_quality)) continue;
    best = i;
    best_quality = quality;
  }
  return best;
}

bool SameTokens(absl::Span<const Token> a, absl::Span<const Token> b) {
  return std::ranges::equal(
      a, b, [](const Token& x, const Token& y) { return x.kind == y.kind && x.text == y.text; });
}

}  // namespace

absl::StatusOr<std::string> FormatRuleFile(const SourceText& source) {
  EQSAT_RETURN_IF_ERROR(ParseRuleFile(source).status());
  EQSAT_ASSIGN_OR_RETURN(std::vector<Token> tokens, Lex(source));
  const std::vector<TokenContext> contexts = ContextsOf(tokens);
  const Outline outline(tokens, contexts);
  const std::vector<Comment> comments = CommentsOf(source, tokens);
  std::vector<bool> extra_breaks(tokens.size());
  while (true) {
    Layout layout(tokens, contexts, outline.begins(), comments, extra_breaks);
    std::string text = layout.Run();
    std::optional<size_t> place;
    if (auto line = layout.first_long_line())
      place = PlaceToBreak(layout, tokens, contexts, line->first, line->second);
    if (place) {
      extra_breaks[*place] = true;
      continue;
    }
    absl::StatusOr<std::vector<Token>> again = Lex(SourceText(source.path(), text));
    if (!again.ok() || !SameTokens(tokens, *again))
      return base::InvalidArgument("%s: cannot be laid out without a change", source.path());
    return text;
  }
}

}  // namespace eqsat::rules
