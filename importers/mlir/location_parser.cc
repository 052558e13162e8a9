// Locations: `loc("jit(f)/add"("file.py":7:3))`.
#include "importers/mlir/attribute_parser.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers::mlir {
namespace {

using LocationPtr = std::shared_ptr<const Location>;

// `a` with what it lacks from `b`.
LocationPtr Merge(const LocationPtr& a, const LocationPtr& b) {
  if (!a || !b) return a ? a : b;
  if (!a->name.empty() && !a->file.empty()) return a;
  Location out = *a;
  if (out.name.empty()) out.name = b->name;
  if (out.file.empty()) {
    std::string name = out.name;
    out = *b;
    out.name = std::move(name);
  }
  return std::make_shared<const Location>(std::move(out));
}

}  // namespace

absl::StatusOr<LocationPtr> AttributeParser::ReadTrailingLocation() {
  if (!cursor_.AtWord("loc")) return LocationPtr();
  cursor_.AcceptWord("loc");
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("("));
  EQSAT_ASSIGN_OR_RETURN(LocationPtr location, ReadLocation());
  EQSAT_RETURN_IF_ERROR(cursor_.Expect(")"));
  return location;
}

absl::StatusOr<LocationPtr> AttributeParser::ReadLocation() {
  Cursor::Level level(cursor_);
  EQSAT_RETURN_IF_ERROR(level.Check());
  if (cursor_.Peek() == '#') return ReadAliasLocation();
  if (cursor_.Peek() == '"') return ReadFileOrNameLocation();
  if (cursor_.AcceptWord("unknown") || cursor_.At("?")) {
    cursor_.Accept("?");
    return LocationPtr();
  }
  if (cursor_.AcceptWord("callsite")) {
    EQSAT_RETURN_IF_ERROR(cursor_.Expect("("));
    EQSAT_ASSIGN_OR_RETURN(LocationPtr callee, ReadLocation());
    EQSAT_RETURN_IF_ERROR(cursor_.Expect("at"));
    EQSAT_ASSIGN_OR_RETURN(LocationPtr caller, ReadLocation());
    EQSAT_RETURN_IF_ERROR(cursor_.Expect(")"));
    return Merge(callee, caller);
  }
  if (cursor_.AcceptWord("fused")) return ReadFusedLocation();
  return cursor_.Expected("a location");
}

absl::StatusOr<LocationPtr> AttributeParser::ReadFusedLocation() {
  if (cursor_.Peek() == '<') EQSAT_RETURN_IF_ERROR(cursor_.ReadBracketed().status());
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("["));
  LocationPtr merged;
  do {
    EQSAT_ASSIGN_OR_RETURN(LocationPtr part, ReadLocation());
    merged = Merge(merged, part);
  } while (cursor_.Accept(","));
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("]"));
  return merged;
}

absl::StatusOr<LocationPtr> AttributeParser::ReadFileOrNameLocation() {
  EQSAT_ASSIGN_OR_RETURN(std::string text, cursor_.ReadString());
  Location out;
  if (!cursor_.Accept(":")) {
    out.name = std::move(text);
    auto named = std::make_shared<const Location>(std::move(out));
    if (!cursor_.Accept("(")) return LocationPtr(named);
    EQSAT_ASSIGN_OR_RETURN(LocationPtr child, ReadLocation());
    EQSAT_RETURN_IF_ERROR(cursor_.Expect(")"));
    return Merge(named, child);
  }
  out.file = std::move(text);
  EQSAT_ASSIGN_OR_RETURN(out.line, cursor_.ReadInteger());
  if (cursor_.Accept(":")) {
    EQSAT_ASSIGN_OR_RETURN(out.column, cursor_.ReadInteger());
  }
  if (cursor_.AcceptWord("to")) {
    out.end_line = out.line;
    if (cursor_.AtDigit()) {
      EQSAT_ASSIGN_OR_RETURN(out.end_line, cursor_.ReadInteger());
    }
    EQSAT_RETURN_IF_ERROR(cursor_.Expect(":"));
    EQSAT_ASSIGN_OR_RETURN(out.end_column, cursor_.ReadInteger());
  }
  return LocationPtr(std::make_shared<const Location>(std::move(out)));
}

absl::StatusOr<LocationPtr> AttributeParser::ReadAliasLocation() {
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("#"));
  EQSAT_ASSIGN_OR_RETURN(std::string_view suffix, cursor_.ReadSuffix("a location's name"));
  std::string name = base::StrCat("#", suffix);
  if (auto known = locations_.find(name); known != locations_.end()) return known->second;
  auto alias = aliases_.find(name);
  if (alias == aliases_.end()) return cursor_.Error(base::StrCat("there is no location ", name));
  size_t back = cursor_.position();
  cursor_.set_position(alias->second);
  EQSAT_ASSIGN_OR_RETURN(LocationPtr location, ReadTrailingLocation());
  cursor_.set_position(back);
  locations_.emplace(std::move(name), location);
  return location;
}

}  // namespace eqsat::importers::mlir
