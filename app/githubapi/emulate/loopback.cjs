// Loaded into the emulator before its own code: it would listen on every address of the machine. Whatever it asks for,
// it gets a free port of the loopback address, and says which.
'use strict';
const net = require('node:net');
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...args) {
  const done = args.find((arg) => typeof arg === 'function');
  this.once('listening', () => {
    const { address, port } = this.address();
    process.stdout.write(`\nemulator listens on http://${address}:${port}\n`);
  });
  return listen.call(this, { host: '127.0.0.1', port: 0 }, done);
};
