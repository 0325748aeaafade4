#include "gateway/store/secret_box.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/store/sqlite/sqlite_store.h"

namespace earshot::store {
namespace {

const Secret kKey("a key of thirty-two characters..");
const Secret kOther("another key of 32 characters....");

TEST(SecretBoxTest, TellsAWrongKeyInsteadOfGivingGarbage) {
  const std::string sealed = SecretBox(kKey).seal("provider:llm:a", "sk-123");
  EXPECT_EQ(SecretBox(kKey).open("provider:llm:a", sealed)->reveal(), "sk-123");
  const auto refused = SecretBox(kOther).open("provider:llm:a", sealed);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(refused.error().message, testing::Not(testing::HasSubstr("sk-123")));
}

TEST(SecretBoxTest, AWrongKeyIsToldAtTheStartWithWhatToDo) {
  const auto store = sqlite::SqliteStore::in_memory();
  SecretBox(kKey).check_key(*store);
  SecretBox(kKey).check_key(*store);
  try {
    SecretBox(kOther).check_key(*store);
    FAIL() << "another key was taken";
  } catch (const StoreError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("store.key"));
  }
  SecretBox(kKey).check_key(*store);
}

}  // namespace
}  // namespace earshot::store
