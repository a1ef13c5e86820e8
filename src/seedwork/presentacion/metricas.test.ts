import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Gauge } from 'prom-client'
import { crearMetricas, rutaDeMetricas } from './metricas.ts'
import { servidorDePrueba } from './servidor_de_prueba.ts'

test('las respuestas se cuentan por patrón de ruta, método y estado, nunca por dirección', async () => {
  const metricas = crearMetricas({ delProceso: false })
  const { servidor } = servidorDePrueba({ metricas }, (s) => rutaDeMetricas(s, metricas))
  for (const url of ['/cosas/1', '/cosas/2', '/nada/1', '/nada/2']) await servidor.inject(url)
  const { body, headers } = await servidor.inject('/metrics')
  assert.match(String(headers['content-type']), /^text\/plain; version=0\.0\.4/)
  assert.match(body, /^http_requests_total\{metodo="GET",ruta="\/cosas\/:id",estado="404"\} 2$/m)
  assert.match(body, /^http_requests_total\{metodo="GET",ruta="ninguna",estado="404"\} 2$/m)
  assert.match(body, /^http_request_duration_seconds_count\{metodo="GET",ruta="\/cosas\/:id"\} 2$/m)
  assert.doesNotMatch(body, /cosas\/1/)
})

test('otras partes añaden sus medidas al mismo registro', async () => {
  const metricas = crearMetricas({ delProceso: false })
  new Gauge({ name: 'atraso', help: 'x', registers: [metricas.registro] }).set(3)
  assert.match(await metricas.texto(), /^atraso 3$/m)
})

test('el retraso del bucle de eventos se mide si se piden las medidas del proceso', async () => {
  const metricas = crearMetricas()
  assert.match(await metricas.texto(), /^nodejs_eventloop_lag_p99_seconds /m)
})
