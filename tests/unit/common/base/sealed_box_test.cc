#include "common/base/sealed_box.h"

#include <gtest/gtest.h>

#include <string>

#include "common/base/bytes.h"

namespace earshot {
namespace {

const Secret kKey("a key of thirty-two characters..");

TEST(SealedBoxTest, GivesBackWhatWasSealed) {
  for (const std::string& plain :
       {std::string(), std::string("sk-123"), std::string("a\0b", 3), std::string(100'000, 'x')}) {
    const auto opened = unseal(kKey, "purpose", seal(kKey, "purpose", plain));
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->reveal(), plain);
  }
}

TEST(SealedBoxTest, OpensForTheSameKeyAndPurposeOnly) {
  const std::string sealed = seal(kKey, "provider:llm:a", "sk-123");
  EXPECT_FALSE(unseal(Secret("another key of 32 characters...."), "provider:llm:a", sealed));
  EXPECT_FALSE(unseal(kKey, "provider:llm:b", sealed));
  EXPECT_FALSE(unseal(kKey, "", sealed));
}

TEST(SealedBoxTest, RefusesWhatWasChangedCutOrIsNone) {
  const std::string sealed = seal(kKey, "p", "sk-123");
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_FALSE(unseal(kKey, "p", sealed.substr(0, size))) << size;
  }
  const auto bytes = from_base64(sealed.substr(2));
  ASSERT_TRUE(bytes);
  for (std::size_t at = 0; at < bytes->size(); ++at) {
    Bytes changed = *bytes;
    changed[at] ^= 1;
    EXPECT_FALSE(unseal(kKey, "p", "1:" + to_base64(changed))) << at;
  }
  for (const char* none : {"", "1:", "1:!!!!", "2:AAAA", "sk-123"}) EXPECT_FALSE(unseal(kKey, "p", none));
}

TEST(SealedBoxTest, ShowsNeitherThePlainTextNorThatTwoAreEqual) {
  const std::string first = seal(kKey, "p", "sk-very-secret-value");
  EXPECT_NE(first, seal(kKey, "p", "sk-very-secret-value"));
  EXPECT_EQ(first.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace earshot
