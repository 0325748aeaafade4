// For `node --require`: whatever a server listens on, nobody but this machine reaches it.
const net = require('net');
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (where, ...rest) {
  if (typeof where === 'object') return listen.call(this, where, ...rest);
  return listen.call(this, { port: Number(where), host: '127.0.0.1' }, rest.find((one) => typeof one === 'function'));
};
