"""What Gamefilm tells about itself: spans and metrics over the OpenTelemetry API.

The one package that instruments. All of it does nothing until :func:`.providers.install` is given providers.
One sync is one trace::

    sync league ─┬─ GET sleeper <endpoint>   CLIENT
                 ├─ decide <category>
                 └─ append events            PRODUCER; its traceparent goes into the metadata of its events
    process <projection>                     CONSUMER, a trace of its own that links to the appends it reads

A page has many creators, and events outlive traces: hence links, not parents. Attributes of metrics take
few values (an endpoint, a projection, an outcome), never an id. Nothing here is called once an event.
"""
