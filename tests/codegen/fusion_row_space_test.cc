#include "codegen/fusion/row_space.h"

#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "ir/ops/indexing.h"

namespace eqsat::codegen {
namespace {

using ir::IndexedForm;
using ir::IndexExpr;

// Broadcast of f32[rows] along new minor dimensions.
TEST(RowSpaceTest, ABroadcastOfARowsValueStaysInTheRow) {
  IndexedForm form;
  form.parallel = {4, 6, 8};
  form.accesses = {{0, {IndexExpr::Dim(0), IndexExpr::Dim(1)}, {}}};
  EXPECT_TRUE(StaysInRow(form, form.accesses[0], {4, 6}, 24));
  EXPECT_TRUE(StaysInRow(form, form.accesses[0], {4, 6}, 4));
  EXPECT_TRUE(StaysInRow(form, form.accesses[0], {4, 6}, 1));
  EXPECT_FALSE(StaysInRow(form, form.accesses[0], {4, 6}, 12));
}

TEST(RowSpaceTest, AReductionOverMinorDimensionsStaysInTheRow) {
  IndexedForm form;
  form.parallel = {5};
  form.reduction = {3, 2};
  form.accesses = {{0, {IndexExpr::Dim(0), IndexExpr::Dim(1), IndexExpr::Dim(2)}, {}}};
  EXPECT_TRUE(StaysInRow(form, form.accesses[0], {5, 3, 2}, 5));
  form.accesses = {{0, {IndexExpr::Dim(1), IndexExpr::Dim(0), IndexExpr::Dim(2)}, {}}};
  EXPECT_FALSE(StaysInRow(form, form.accesses[0], {3, 5, 2}, 5));
}

// What is said to stay in its row does, at every point.
TEST(RowSpaceTest, AgreesWithEnumeration) {
  std::mt19937 random(3);
  int accepted = 0;
  for (int run = 0; run < 20000; ++run) {
    IndexedForm form;
    std::vector<int64_t> sizes;
    const int rank = 1 + random() % 3;
    for (int i = 0; i < rank; ++i) sizes.push_back(1 + random() % 4);
    form.parallel.assign(sizes.begin(), sizes.end());
    if (random() % 2) form.reduction.push_back(1 + random() % 4);
    sizes.insert(sizes.end(), form.reduction.begin(), form.reduction.end());
    // Operand dimensions are some of the space's, in some order.
    std::vector<int64_t> operand;
    ir::OperandAccess access;
    for (int i = 0, n = random() % 4; i < n; ++i) {
      const int64_t d = random() % sizes.size();
      const int64_t offset = random() % 2 ? 0 : random() % 2;
      operand.push_back(sizes[d] + offset);
      access.indices.push_back(IndexExpr::Dim(d) + IndexExpr::Constant(offset));
    }
    int64_t elements = 1;
    for (int64_t d : form.parallel) elements *= d;
    int64_t operand_elements = 1;
    for (int64_t d : operand) operand_elements *= d;
    const int64_t rows = 1 + random() % 8;
    if (!StaysInRow(form, access, operand, rows)) continue;
    ++accepted;
    ASSERT_EQ(elements % rows, 0);
    ASSERT_EQ(operand_elements % rows, 0);
    std::vector<int64_t> point(sizes.size());
    const IndexExpr read = ir::Linearize(access.indices, operand);
    const IndexExpr result = ir::Linearize(ir::IdentityIndices(rank), form.parallel);
    while (true) {
      ASSERT_EQ(result.Evaluate(point) / (elements / rows),
                read.Evaluate(point) / (operand_elements / rows));
      size_t d = 0;
      while (d < point.size() && ++point[d] == sizes[d]) point[d++] = 0;
      if (d == point.size()) break;
    }
  }
  EXPECT_GT(accepted, 1000);
}

}  // namespace
}  // namespace eqsat::codegen
