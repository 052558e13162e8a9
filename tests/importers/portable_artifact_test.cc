// Portable artifacts that jaxlib wrote (data/make_artifacts.py) against StableHLO's own text of
// them, and broken ones.
#include "importers/stablehlo/portable_artifact.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "importers/import.h"
#include "importers/mlir/parser.h"
#include "importers/stablehlo/stablehlo.h"
#include "tests/importers/mlir_listing.h"

namespace eqsat::importers {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::filesystem::path kFolder =
    std::filesystem::path(EQSAT_SOURCE_DIR) / "tests/importers/data";

std::string Read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<std::filesystem::path> Artifacts() {
  std::vector<std::filesystem::path> out;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".bc") out.push_back(entry.path());
  }
  std::ranges::sort(out);
  return out;
}

std::string TextBeside(std::filesystem::path artifact) {
  return Read(artifact.replace_extension());
}

std::string ArtifactError(std::string_view bytes) {
  absl::StatusOr<mlir::Module> module = stablehlo::ReadPortableArtifact(bytes);
  return module.ok() ? "no error" : std::string(module.status().message());
}

void ForgetLocations(std::vector<mlir::Operation>& operations) {
  for (mlir::Operation& operation : operations) {
    operation.location = nullptr;
    operation.place = {};
    for (mlir::Region& region : operation.regions) ForgetLocations(region.operations);
  }
}

TEST(PortableArtifactTest, IsTheProgramOfItsText) {
  ASSERT_GE(Artifacts().size(), 9u);
  for (const auto& path : Artifacts()) {
    absl::StatusOr<mlir::Module> module = stablehlo::ReadPortableArtifact(Read(path));
    ASSERT_TRUE(module.ok()) << path << module.status();
    absl::StatusOr<std::vector<mlir::Module>> text = mlir::ParseText(TextBeside(path));
    ASSERT_TRUE(text.ok()) << path << text.status();
    EXPECT_EQ(mlir::Listing(*module), mlir::Listing((*text)[0])) << path;
  }
}

TEST(PortableArtifactTest, BecomesTheHloOfItsText) {
  for (const auto& path : Artifacts()) {
    mlir::Module module = *stablehlo::ReadPortableArtifact(Read(path));
    mlir::Module text = (*mlir::ParseText(TextBeside(path)))[0];
    // Text has no place for some of the locations.
    ForgetLocations(module.operations);
    ForgetLocations(text.operations);
    absl::StatusOr<std::vector<ir::Module>> from_module = TranslateStableHlo(module);
    absl::StatusOr<std::vector<ir::Module>> from_text = TranslateStableHlo(text);
    ASSERT_TRUE(from_module.ok()) << path << from_module.status();
    ASSERT_TRUE(from_text.ok()) << path << from_text.status();
    ASSERT_EQ(from_module->size(), 1u);
    EXPECT_EQ(ir::FirstDifference((*from_module)[0], (*from_text)[0]), std::nullopt) << path;
    EXPECT_TRUE(Import(Read(path)).ok());
  }
}

TEST(PortableArtifactTest, KeepsLocations) {
  absl::StatusOr<mlir::Module> module =
      stablehlo::ReadPortableArtifact(Read(kFolder / "operations.0.9.0.mlir.bc"));
  ASSERT_TRUE(module.ok()) << module.status();
  EXPECT_EQ(module->name, "operations");
  const mlir::Operation& function = module->operations[0];
  ASSERT_EQ(function.name, "func.func");
  const mlir::Operation& last = function.regions[0].operations.back();
  ASSERT_EQ(last.name, "func.return");
  ASSERT_NE(last.location, nullptr);
  EXPECT_EQ(last.location->name, "jit(main)/return");
}

TEST(PortableArtifactTest, WhatIsCutOffIsAnError) {
  for (const auto& path : Artifacts()) {
    const std::string bytes = Read(path);
    for (size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_THAT(ArtifactError(std::string_view(bytes).substr(0, size)), StartsWith("byte "))
          << path;
    }
  }
}

// Any byte may be wrong: the rest still gives a program or a message.
TEST(PortableArtifactTest, WrongBytesDoNoHarm) {
  for (const auto& path : Artifacts()) {
    std::string bytes = Read(path);
    for (size_t i = 0; i < bytes.size(); ++i) {
      const char kept = bytes[i];
      bytes[i] = static_cast<char>(kept ^ (1 << (i % 8)));
      EXPECT_NE(ArtifactError(bytes), "") << path << " byte " << i;
      bytes[i] = '\xff';
      EXPECT_NE(ArtifactError(bytes), "") << path << " byte " << i;
      bytes[i] = kept;
    }
  }
}

TEST(PortableArtifactTest, SaysWhatIsWrong) {
  EXPECT_THAT(ArtifactError("HloModule m"), HasSubstr("byte 0: this is not MLIR bytecode"));
  EXPECT_THAT(ArtifactError("ML\xefR"), HasSubstr("byte 4: the data ends too early"));
  EXPECT_THAT(ArtifactError("ML\xefR\x0fStableHLO_v9.0.0"), HasSubstr("version 7 is newer than 6"));
  // A section of four bytes in a file that ends.
  EXPECT_THAT(ArtifactError(std::string("ML\xefR\x0dp\x00\x01\x09", 9)),
              HasSubstr("byte 9: 4 bytes are expected, but only 0 are left"));
}

}  // namespace
}  // namespace eqsat::importers
