// /operators: who may command devices through the broker. The table is handed to whoever tells the broker.
//
// Runs on: the gateway's main executor.
// Owns: the table.
// Borrows: the store.
// Lifecycle: made -> load() -> add_routes().
#pragma once

#include <functional>
#include <vector>

#include "common/asio/asio.h"
#include "gateway/api/api_router.h"
#include "gateway/store/store_proxy.h"

namespace earshot::gateway::api {

// The whole table: after load() and after each change.
using OperatorSink = std::function<void(const std::vector<store::BrokerOperator>&)>;

class OperatorRoutes {
 public:
  static constexpr std::size_t kMaxOperators = 500;

  OperatorRoutes(store::StoreProxy& store, Executor executor, const Clock& clock)
      : store_(store), executor_(std::move(executor)), clock_(clock) {}

  void load(std::vector<store::BrokerOperator> operators);
  void refresh();  // another gateway has changed it: it is read anew
  // The sink is told the table at once, and from now on.
  void set_sink(OperatorSink sink);
  void add_routes(ApiRouter& routes);

 private:
  void list(const CallPtr& call);
  void create(const CallPtr& call);
  void remove(const CallPtr& call);
  void changed();
  std::vector<store::BrokerOperator>::iterator find(std::string_view name);

  store::StoreProxy& store_;
  Executor executor_;
  const Clock& clock_;
  std::vector<store::BrokerOperator> operators_;
  OperatorSink sink_;
};

}  // namespace earshot::gateway::api
