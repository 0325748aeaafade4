// A store of tests that remembers nothing of what was said: no MemoryRepository. All else as in inline_store.h.
#pragma once

#include <memory>

#include "gateway/store/sqlite/sqlite_store.h"
#include "gateway/store/store_proxy.h"

namespace earshot::fakes {

class ForgetfulStore final : public store::StoreProxy {
 public:
  store::Store& now() { return store_; }

  void stop() override {}
  store::StoreStats stats() const override { return {}; }

 private:
  class WithoutMemory final : public store::Store {
   public:
    store::DeviceRepository& devices() override { return store_->devices(); }
    store::UserRepository& users() override { return store_->users(); }
    store::TokenRepository& tokens() override { return store_->tokens(); }
    store::OperatorRepository& operators() override { return store_->operators(); }
    store::AgentRepository& agents() override { return store_->agents(); }
    store::FirmwareRepository& firmware() override { return store_->firmware(); }
    store::CommandRepository& commands() override { return store_->commands(); }
    store::ConversationRepository& conversations() override { return store_->conversations(); }
    store::AuditRepository& audit() override { return store_->audit(); }
    store::SettingRepository& settings() override { return store_->settings(); }

   private:
    std::unique_ptr<store::sqlite::SqliteStore> store_ = store::sqlite::SqliteStore::in_memory();
  };

  void post(Kind, Task task) override {
    try {
      task.run(store_);
    } catch (const store::StoreError& failure) {
      const Error error{failure.code(), failure.what()};
      return task.finish(&error);
    }
    task.finish(nullptr);
  }

  WithoutMemory store_;
};

}  // namespace earshot::fakes
