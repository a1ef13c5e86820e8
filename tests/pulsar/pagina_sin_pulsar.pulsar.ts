import assert from 'node:assert/strict'
import { test } from 'node:test'
import { abrirPulsar } from '../../herramientas/pulsar/servidor.ts'
import { CLAVE } from '../apoyo/api.ts'
import { abrirNavegador, buscar, llenar, visitar } from '../navegador/apoyo.ts'
import { hastaQue } from '../procesos/apoyo/hechos.ts'
import { firmasCon, leer } from '../procesos/apoyo/por_fuera.ts'
import { cuatroProcesos } from './procesos.ts'

const AVISO = 'Sin conexión. Seguimos intentando; lo que ya pediste está guardado.'
const VUELTA = { timeout: 90_000 }

test('sin Pulsar la página acepta y dice que está guardado; lo aceptado sigue así al recargar, y cuando Pulsar vuelve llega el desenlace', async (t) => {
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
  assert.equal(await pagina.getByText(AVISO).count(), 0)
  await pagina.goto(`${ui}/mis-reservas`)
  await pagina.locator('.oferta').first().waitFor()
  assert.equal(await pagina.locator('.oferta').count(), 1)
})
