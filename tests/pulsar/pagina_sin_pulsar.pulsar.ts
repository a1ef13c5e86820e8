import assert from 'node:assert/strict'
import { test } from 'node:test'
import { abrirPulsar } from '../../herramientas/pulsar/servidor.ts'
import { CLAVE } from '../apoyo/api.ts'
import { abrirNavegador, buscar, llenar, visitar } from '../navegador/apoyo.ts'
import { hastaQue } from '../procesos/apoyo/hechos.ts'
import { firmasCon, leer } from '../procesos/apoyo/por_fuera.ts'
import { cuatroProcesos } from './procesos.ts'

const AVISO = 'Sin conexión. Seguimos intentando; lo que ya pediste está guardado.'
const DE_QUIEN_PUBLICA = [
  /^pulsar_envio_segundos_count [1-9]/m,
  /^pulsar_en_vuelo 0$/m,
  /^pulsar_reconexiones_total\{quien="productor"\} [1-9]/m,
]
const DE_QUIEN_CONSUME = [
  /^pulsar_reconexiones_total\{quien="consumidor"\} [1-9]/m,
  /^pulsar_reentregas_total \d/m,
  /^broker_apartados_total 0$/m,
  /^broker_pendientes\{topico="eventos-reserva",suscripcion="[^"]+"\} \d/m,
  /^broker_atraso_segundos\{topico="eventos-reserva",suscripcion="[^"]+"\} \d/m,
]
const VUELTA = { timeout: 90_000 }

test('sin Pulsar la página acepta y dice que está guardado; lo aceptado sigue así al recargar, y cuando Pulsar vuelve llega el desenlace; cada proceso mide sus cortes', async (t) => {
  const pulsar = await abrirPulsar()
  t.after(pulsar.parar)
  const procesos = await cuatroProcesos(t, { puertoHttp: pulsar.puertoHttp, espacio: 'default' })
  await procesos.arrancarTodos()
  const navegador = await abrirNavegador()
  t.after(() => navegador.close())
  const { pagina } = await visitar(t, navegador, { tolerar: /WebSocket|ERR_CONNECTION|50[234]/ })
  const ui = procesos.ui()
  const operador = { 'x-actor': firmasCon(CLAVE).operador }
  await buscar(pagina, ui)
  await llenar(pagina, 'Paciente')

  await pulsar.matar()
  await pagina.getByRole('button', { name: 'Reservar' }).click()
  await pagina.waitForURL(/\/reserva\/[0-9a-f-]{36}\?operacion=/)
  const operacion = new URL(pagina.url()).searchParams.get('operacion') ?? ''
  for (const vez of ['al pedirla', 'al recargar']) {
    await pagina.getByText(AVISO).waitFor()
    await pagina.getByText('Apartando tus asientos; puedes cerrar esta página').waitFor()
    assert.equal(await pagina.getByRole('alert').count(), 0, vez)
    assert.equal((await leer<{ estado: string }>(`${procesos.api()}/operaciones/${operacion}`, operador)).estado, 'aceptada', vez)
    await pagina.reload()
  }
  assert.equal((await leer<{ status: string }>(`${ui}/health/ready`)).status, 'degradado')

  await pulsar.revivir()
  await pagina.locator('.estado.aprobada').waitFor(VUELTA)
  await pagina.getByText('En vivo').waitFor(VUELTA)
  await hastaQue('sus dos correos', () => procesos.correo.aceptados.length === 2, VUELTA.timeout)

  await pulsar.matar()
  await pagina.getByText(AVISO).waitFor()
  await pagina.getByRole('button', { name: 'Pagar' }).click()
  await pagina.getByRole('button', { name: 'Pagando…' }).waitFor()
  await pulsar.revivir()
  await pagina.locator('.estado.pagada').waitFor(VUELTA)
  await pagina.getByText('En vivo').waitFor(VUELTA)
  assert.equal(await pagina.getByText(AVISO).count(), 0)
  await pagina.goto(`${ui}/mis-reservas`)
  await pagina.locator('.oferta').first().waitFor()
  assert.equal(await pagina.locator('.oferta').count(), 1)

  for (const [quien, donde, medidas] of [
    ['la API', procesos.api(), [...DE_QUIEN_PUBLICA, ...DE_QUIEN_CONSUME]],
    ['notificaciones', procesos.vivos.notificaciones.direcciones.notificaciones, DE_QUIEN_CONSUME],
    ['la página', ui, [/^pulsar_reconexiones_total\{quien="lector"\} [1-9]/m]],
  ] as const) {
    const texto = await (await fetch(`${donde}/metrics`)).text()
    for (const medida of medidas) assert.match(texto, medida, quien)
  }
})
