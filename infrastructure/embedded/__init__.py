"""PostgreSQL 18 and Valkey 9 in a data folder of their own, started from wheels: no Docker, no root.

``engines.embedded_engines(data_dir)`` is the way in. What the modules rely on:

* **Users.** Every process that uses a data folder holds a shared flock on ``users.lock`` for its life. The
  kernel drops it whatever way the process ends, so there is no count that could go stale.
* **Engines.** Each engine inherits an exclusive flock on a lock file of its own. The lock is held exactly as
  long as any process of that engine lives, the children of a killed postmaster too. It says "alive" without
  process ids, and a second server beside the first is impossible.
* **Start and stop** are serialised by ``start.lock``. Whoever leaves and finds no other
  user stops both engines.
* **Guard.** A user that is killed cannot stop anything. The engines then live on, and the next start adopts
  them; ``guard``, a small detached process, stops them when nobody came within a grace period. It only takes
  locks and sends the signals of an orderly stop, always under ``start.lock``, so it cannot race with a start.
"""
