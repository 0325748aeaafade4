// What holds for every kind of event, told by walking the table.
#include "gateway/api/event_scopes.h"

#include <gtest/gtest.h>

#include "gateway/control/events/event_words.h"

namespace earshot::gateway::api {
namespace {

ScopeSet all_scopes_but(Scope left_out) {
  ScopeSet scopes;
  for (std::size_t i = 0; i < kScopes; ++i) {
    if (static_cast<Scope>(i) != left_out) scopes.add(static_cast<Scope>(i));
  }
  return scopes;
}

Event event_of(const EventScope& row) {
  Event event;
  event.kind = row.kind;
  event.data = {{"other", 1}};
  if (!row.member.empty()) event.data[row.member] = "said";
  return event;
}

TEST(EventScopesTest, WithEveryScopeButTheRightOneNothingOfItIsTold) {
  for (const EventScope& row : event_scopes()) {
    const auto told = visible_data(event_of(row), all_scopes_but(row.scope));
    if (row.member.empty()) {
      EXPECT_FALSE(told) << row.kind;
    } else {
      ASSERT_TRUE(told) << row.kind;
      EXPECT_FALSE(told->contains(row.member)) << row.kind << " " << row.member;
      EXPECT_TRUE(told->contains("other")) << row.kind;
    }
  }
}

TEST(EventScopesTest, WithTheRightScopesAllOfItIsTold) {
  for (const EventScope& row : event_scopes()) {
    const Event event = event_of(row);
    EXPECT_EQ(visible_data(event, ScopeSet::all()), event.data) << row.kind;
  }
}

TEST(EventScopesTest, AKindWithoutARowIsToldToNobody) {
  Event event;
  event.kind = "brand-new";
  EXPECT_FALSE(visible_data(event, ScopeSet::all()));
}

TEST(EventScopesTest, WhatWasSaidNeedsTheScopeOfConversations) {
  for (const SpokenMember& spoken : kSpokenMembers) {
    const EventScope row{.kind = spoken.kind, .member = spoken.member, .scope = Scope::kConversationsRead};
    const auto told = visible_data(event_of(row), {Scope::kDevicesRead});
    ASSERT_TRUE(told);
    EXPECT_FALSE(told->contains(spoken.member));
    EXPECT_TRUE(has_words(event_of(row)));
    EXPECT_FALSE(without_words(event_of(row)).contains(spoken.member));
  }
}

}  // namespace
}  // namespace earshot::gateway::api
