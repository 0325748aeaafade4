// What every Store must do. An implementation gives its factory:
//   INSTANTIATE_TEST_SUITE_P(Mine, StoreContract, testing::Values(StoreFactory{"mine", [] { return ...; }}));
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "gateway/store/transactional_store.h"
#include "tests/unit/gateway/store/sample_records.h"

namespace earshot::store {

struct StoreFactory {
  std::string name;
  std::function<std::unique_ptr<TransactionalStore>()> make;
  friend std::ostream& operator<<(std::ostream& out, const StoreFactory& factory) {
    return out << factory.name;
  }
};

// What a text may hold: SQL, quotes, a NUL, bytes that are no UTF-8, and much of it.
inline std::vector<std::string> awkward_texts() {
  using namespace std::string_literals;
  return {"",
          "'; DROP TABLE devices; --",
          "\"quoted\" \\ %s ?1 :a @b $c",
          "before\0after"s,
          "\xE4\xBD\xA0\xE5\xA5\xBD \xF0\x9F\x8E\xA4",
          "\xff\xfe\x80",
          std::string(300'000, 'x')};
}

class StoreContract : public testing::TestWithParam<StoreFactory> {
 protected:
  static bool same(const User& a, const User& b) {
    return a.name == b.name && a.password_hash == b.password_hash && a.role == b.role &&
           a.disabled == b.disabled && a.created == b.created && a.last_login == b.last_login;
  }
  static bool same(const Token& a, const Token& b) {
    return a.id == b.id && a.hash == b.hash && a.label == b.label && a.user == b.user &&
           a.scopes == b.scopes && a.created == b.created && a.expires == b.expires &&
           a.last_used == b.last_used && a.parent == b.parent;
  }
  static bool same(const FirmwareImage& a, const FirmwareImage& b) {
    return a.id == b.id && a.board == b.board && a.version == b.version && a.file_name == b.file_name &&
           a.sha256 == b.sha256 && a.size_bytes == b.size_bytes && a.enabled == b.enabled &&
           a.percentage == b.percentage && a.minimum_version == b.minimum_version && a.force == b.force &&
           a.notes == b.notes && a.created == b.created;
  }
  static bool same(const Command& a, const Command& b) {
    return a.id == b.id && a.device == b.device && a.kind == b.kind && a.arguments == b.arguments &&
           a.by == b.by && a.user_tools == b.user_tools && a.state == b.state && a.result == b.result &&
           a.error_code == b.error_code && a.error_message == b.error_message && a.timeout == b.timeout &&
           a.created == b.created && a.expires == b.expires && a.sent == b.sent && a.finished == b.finished;
  }
  static bool same(const Conversation& a, const Conversation& b) {
    return a.session == b.session && a.device == b.device && a.agent == b.agent && a.worker == b.worker &&
           a.started == b.started && a.ended == b.ended && a.end_reason == b.end_reason && a.turns == b.turns;
  }
  static bool same(const Turn& a, const Turn& b) {
    return a.session == b.session && a.device == b.device && a.number == b.number && a.source == b.source &&
           a.end == b.end && a.user_text == b.user_text && a.reply_text == b.reply_text &&
           a.trace == b.trace && a.started == b.started && a.first_audio == b.first_audio &&
           a.overhead == b.overhead && a.has_audio == b.has_audio;
  }
  // Follows `next` to the end; fails when an entry comes twice.
  template <class List>
  static std::vector<std::string> all_pages(List&& list, std::size_t limit) {
    std::vector<std::string> keys;
    PageRequest request{.limit = limit, .before = ""};
    do {
      request.before = list(request, keys);
    } while (!request.before.empty() && keys.size() < 1000);
    EXPECT_EQ(std::set<std::string>(keys.begin(), keys.end()).size(), keys.size());
    return keys;
  }
  template <class Action>
  static ErrorCode code_of(Action&& action) {
    try {
      action();
    } catch (const StoreError& error) {
      return error.code();
    }
    ADD_FAILURE() << "nothing was thrown";
    return ErrorCode::kInternal;
  }

  std::unique_ptr<TransactionalStore> store_ = GetParam().make();
};

TEST_P(StoreContract, EveryMemberComesBackWhateverItHolds) {
  for (const std::string& text : awkward_texts()) {
    SCOPED_TRACE(text.substr(0, 40));
    store_->devices().put(sample_device(1, text));
    ASSERT_EQ(store_->devices().all().size(), 1U);
    EXPECT_TRUE(store_->devices().all()[0] == sample_device(1, text));
    store_->devices().put_tools(device_id(1), text);
    EXPECT_EQ(store_->devices().tools(device_id(1)), text);
    store_->devices().put_serial_key("serial" + text, text);
    EXPECT_EQ(store_->devices().serial_key("serial" + text), text);

    store_->users().put(sample_user("u" + text, text));
    EXPECT_TRUE(same(*store_->users().find("u" + text), sample_user("u" + text, text)));
    store_->tokens().put(sample_token("t" + text, "u" + text, text));
    EXPECT_TRUE(same(*store_->tokens().find("t" + text), sample_token("t" + text, "u" + text, text)));
    store_->operators().put(
        {.name = "o" + text, .password_hash = text, .user_tools = true, .texts = true, .created = at_ms(1)});
    EXPECT_TRUE(std::ranges::all_of(store_->operators().all(), &BrokerOperator::texts));
    store_->agents().put(Agent{.name = "a" + text, .config = text, .changed = at_ms(2)});
    store_->agents().put(
        Provider{.stage = "s" + text, .name = text, .config = text, .secrets = text, .changed = at_ms(3)});
    EXPECT_THAT(store_->agents().agents(), testing::Contains(testing::Field(&Agent::config, text)));
    EXPECT_THAT(store_->agents().providers(), testing::Contains(testing::Field(&Provider::secrets, text)));
    store_->firmware().put(sample_image("f" + text, text));
    EXPECT_TRUE(std::ranges::any_of(store_->firmware().all(), [&](const FirmwareImage& image) {
      return same(image, sample_image("f" + text, text));
    }));
    store_->commands().put(sample_command("c" + text, 1, text));
    EXPECT_TRUE(same(*store_->commands().find("c" + text), sample_command("c" + text, 1, text)));
    EXPECT_TRUE(
        same(*store_->commands().find("user:" + text, "c" + text), sample_command("c" + text, 1, text)));
    store_->conversations().put(sample_conversation("s" + text, 1, text));
    EXPECT_TRUE(same(*store_->conversations().find("s" + text), sample_conversation("s" + text, 1, text)));
    store_->conversations().add(sample_turn("s" + text, 1, 1, text));
    ASSERT_EQ(store_->conversations().turns("s" + text).size(), 1U);
    EXPECT_TRUE(same(store_->conversations().turns("s" + text)[0], sample_turn("s" + text, 1, 1, text)));
    store_->audit().add(
        {.id = 0, .at = at_ms(4), .who = text, .action = text, .target = text, .detail = text, .peer = text});
    EXPECT_EQ(store_->audit().list({}).items.front().target, text);
    store_->settings().put("k" + text, text);
    EXPECT_EQ(store_->settings().get("k" + text), text);
  }
  EXPECT_EQ(store_->users().all().size(), awkward_texts().size());
  EXPECT_EQ(store_->tokens().all().size(), awkward_texts().size());
  EXPECT_EQ(store_->operators().all().size(), awkward_texts().size());
}

TEST_P(StoreContract, WhatIsNotThereIsNotFoundAndRemovingItIsNoError) {
  for (const std::string& text : awkward_texts()) {
    EXPECT_FALSE(store_->devices().tools(device_id(1)));
    EXPECT_FALSE(store_->devices().serial_key(text));
    EXPECT_FALSE(store_->users().find(text));
    EXPECT_FALSE(store_->tokens().find(text));
    EXPECT_FALSE(store_->commands().find(text));
    EXPECT_FALSE(store_->commands().find(text, text));
    EXPECT_FALSE(store_->conversations().find(text));
    EXPECT_FALSE(store_->conversations().audio(text, 1));
    EXPECT_TRUE(store_->conversations().turns(text).empty());
    EXPECT_FALSE(store_->settings().get(text));
    store_->users().remove(text);
    store_->tokens().remove(text);
    store_->operators().remove(text);
    store_->agents().remove_agent(text);
    store_->agents().remove_provider(text, text);
    store_->firmware().remove(text);
  }
  store_->devices().remove(device_id(1));
}

TEST_P(StoreContract, PutReplacesAndRemoveRemoves) {
  store_->devices().put(sample_device(1, "old"));
  store_->devices().put_tools(device_id(1), "[]");
  store_->devices().put(sample_device(1, "new"));
  ASSERT_EQ(store_->devices().all().size(), 1U);
  EXPECT_TRUE(store_->devices().all()[0] == sample_device(1, "new"));
  EXPECT_EQ(store_->devices().tools(device_id(1)), "[]") << "a change of the device must keep its tools";
  store_->devices().remove(device_id(1));
  EXPECT_TRUE(store_->devices().all().empty());
  EXPECT_FALSE(store_->devices().tools(device_id(1)));

  store_->agents().put(Provider{.stage = "llm", .name = "a", .config = "1", .secrets = "", .changed = {}});
  store_->agents().put(Provider{.stage = "llm", .name = "a", .config = "2", .secrets = "", .changed = {}});
  store_->agents().put(Provider{.stage = "tts", .name = "a", .config = "3", .secrets = "", .changed = {}});
  store_->agents().remove_provider("llm", "a");
  ASSERT_EQ(store_->agents().providers().size(), 1U);
  EXPECT_EQ(store_->agents().providers()[0].config, "3");
}

TEST_P(StoreContract, DevicesComeInTheOrderOfTheirIds) {
  for (const int number : {300, 2, 70000}) store_->devices().put(sample_device(number));
  const auto all = store_->devices().all();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].id, device_id(2));
  EXPECT_EQ(all[2].id, device_id(70000));
}

TEST_P(StoreContract, DisownedDevicesStayAndAreNobodys) {
  for (int i = 1; i <= 3; ++i) {
    auto device = sample_device(i);
    device.owner = i == 3 ? "bob" : "ann";
    store_->devices().put(device);
  }
  store_->devices().disown("ann");
  const auto all = store_->devices().all();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].owner + all[1].owner, "");
  EXPECT_EQ(all[2].owner, "bob");
}

TEST_P(StoreContract, AUserGoesWithItsTokensAndNoOther) {
  store_->users().put(sample_user("ann"));
  store_->users().put(sample_user("bob"));
  store_->tokens().put(sample_token("1", "ann"));
  store_->tokens().put(sample_token("2", "bob"));
  store_->users().remove("ann");
  EXPECT_FALSE(store_->tokens().find("1"));
  EXPECT_TRUE(store_->tokens().find("2"));
  EXPECT_EQ(store_->users().all().size(), 1U);
}

TEST_P(StoreContract, OptionalTimesStayAbsent) {
  auto token = sample_token("1", "ann");
  token.expires.reset();
  token.last_used.reset();
  store_->tokens().put(token);
  EXPECT_TRUE(same(*store_->tokens().find("1"), token));
  auto turn = sample_turn("s", 1, 1);
  turn.first_audio.reset();
  turn.overhead.reset();
  store_->conversations().add(turn);
  EXPECT_TRUE(same(store_->conversations().turns("s")[0], turn));
}

TEST_P(StoreContract, ACommandIsOnePerGiverAndId) {
  auto queued = sample_command("same", 1, "ann");
  queued.state = CommandState::kQueued;
  store_->commands().put(queued);
  store_->commands().put(sample_command("same", 2, "bob"));
  EXPECT_EQ(store_->commands().find("user:ann", "same")->device, device_id(1));
  EXPECT_EQ(store_->commands().find("same")->device, device_id(2)) << "the newest of that id";
  store_->commands().put(sample_command("same", 1, "ann"));
  EXPECT_EQ(store_->commands().find("user:ann", "same")->state, CommandState::kAnswered);
  EXPECT_EQ(store_->commands().list({}, {}).items.size(), 2U);
}

TEST_P(StoreContract, UnfinishedCommandsComeOldestFirst) {
  const CommandState states[] = {CommandState::kSent,   CommandState::kAnswered, CommandState::kQueued,
                                 CommandState::kFailed, CommandState::kExpired,  CommandState::kCancelled};
  int number = 0;
  for (const CommandState state : states) {
    auto command = sample_command("c" + std::to_string(++number), 1);
    command.state = state;
    store_->commands().put(command);
  }
  const auto unfinished = store_->commands().unfinished();
  ASSERT_EQ(unfinished.size(), 2U);
  EXPECT_EQ(unfinished[0].id, "c1");
  EXPECT_EQ(unfinished[1].id, "c3");
}

TEST_P(StoreContract, PagesOfCommandsHoldEachOnceNewestFirst) {
  for (int i = 0; i < 25; ++i) {
    auto command = sample_command(std::to_string(i), i % 2);
    command.state = i % 5 == 0 ? CommandState::kFailed : CommandState::kAnswered;
    store_->commands().put(command);
  }
  const auto count = [&](const CommandFilter& filter, std::size_t limit) {
    const auto ids = all_pages(
        [&](const PageRequest& request, std::vector<std::string>& keys) {
          const auto page = store_->commands().list(filter, request);
          EXPECT_LE(page.items.size(), limit);
          for (const Command& c : page.items) keys.push_back(c.id);
          return page.next;
        },
        limit);
    EXPECT_TRUE(std::ranges::is_sorted(
        ids, [](const std::string& a, const std::string& b) { return std::stoi(a) > std::stoi(b); }));
    return ids.size();
  };
  for (const std::size_t limit : {1U, 5U, 24U, 25U, 26U}) {
    EXPECT_EQ(count({}, limit), 25U) << limit;
    EXPECT_EQ(count({.device = device_id(1), .state = {}}, limit), 12U) << limit;
    EXPECT_EQ(count({.device = {}, .state = CommandState::kFailed}, limit), 5U) << limit;
    EXPECT_EQ(count({.device = device_id(0), .state = CommandState::kFailed}, limit), 3U) << limit;
  }
}

TEST_P(StoreContract, ACursorThatNoPageGaveIsRefused) {
  for (const std::string& bad : awkward_texts()) {
    if (bad.empty()) continue;
    const PageRequest request{.limit = 10, .before = bad};
    EXPECT_EQ(code_of([&] { store_->commands().list({}, request); }), ErrorCode::kInvalid);
    EXPECT_EQ(code_of([&] { store_->conversations().list({}, request); }), ErrorCode::kInvalid);
    EXPECT_EQ(code_of([&] { store_->audit().list(request); }), ErrorCode::kInvalid);
  }
  for (const char* bad : {"-1", "0", "1 ", " 1", "1;2", "0x10", "99999999999999999999", "1e3", "+1"}) {
    EXPECT_EQ(code_of([&] { store_->audit().list({.limit = 10, .before = bad}); }), ErrorCode::kInvalid)
        << bad;
  }
}

TEST_P(StoreContract, PagesAreBounded) {
  for (int i = 0; i < 3; ++i) store_->audit().add({});
  EXPECT_EQ(store_->audit().list({.limit = 0, .before = ""}).items.size(), 1U);
  EXPECT_EQ(store_->audit().list({.limit = ~std::size_t{0}, .before = ""}).items.size(), 3U);
}

TEST_P(StoreContract, AuditIdsGrowAndAreNeverUsedAgain) {
  for (int i = 0; i < 3; ++i) {
    store_->audit().add(
        {.id = 0, .at = at_ms(i), .who = "", .action = "", .target = "", .detail = "", .peer = ""});
  }
  const auto newest = store_->audit().list({}).items.front().id;
  EXPECT_EQ(store_->audit().remove_before(at_ms(1000), 2), 2U);
  EXPECT_EQ(store_->audit().remove_before(at_ms(1000), 2), 1U);
  store_->audit().add({});
  EXPECT_GT(store_->audit().list({}).items.front().id, newest);
}

TEST_P(StoreContract, FinishedCommandsAreRemovedByAgeAndUnfinishedStay) {
  auto waiting = sample_command("waiting", 1);
  waiting.state = CommandState::kQueued;
  waiting.finished.reset();
  store_->commands().put(waiting);
  store_->commands().put(sample_command("done", 1));
  EXPECT_EQ(store_->commands().remove_before(at_ms(15), 10), 0U);
  EXPECT_EQ(store_->commands().remove_before(at_ms(16), 10), 1U);
  EXPECT_EQ(store_->commands().list({}, {}).items.size(), 1U);
}

TEST_P(StoreContract, AJobThatIsUndoneLeavesTheOthersOfItsTransaction) {
  store_->begin();
  store_->begin_job();
  store_->settings().put("first", "1");
  store_->keep_job();
  store_->begin_job();
  store_->settings().put("first", "2");
  store_->settings().put("second", "2");
  store_->undo_job();
  EXPECT_TRUE(store_->in_transaction());
  store_->commit();
  EXPECT_FALSE(store_->in_transaction());
  EXPECT_EQ(store_->settings().get("first"), "1");
  EXPECT_FALSE(store_->settings().get("second"));
}

TEST_P(StoreContract, ATransactionThatIsRolledBackNeverWas) {
  store_->begin();
  store_->begin_job();
  store_->settings().put("key", "1");
  store_->keep_job();
  store_->rollback();
  EXPECT_FALSE(store_->settings().get("key"));
  store_->rollback();
}

}  // namespace earshot::store
