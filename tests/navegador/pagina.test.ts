import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import type { SistemaVisto } from '../apoyo/lugar.ts'
import { hastaQue } from '../procesos/apoyo/hechos.ts'
import { abrirNavegador, abrirSistema, barreras, buscar, enDias, llenar, reservar, visitar } from './apoyo.ts'

const finales: (() => unknown)[] = []
let navegador: Browser
let servidor: SistemaVisto

before(async () => {
  navegador = await abrirNavegador()
  servidor = await abrirSistema({ after: (terminar) => void finales.push(terminar as () => unknown) })
})
after(async () => {
  await navegador.close()
  for (const terminar of finales) await terminar()
})

test('quien llega busca con el teclado, reserva, ve llegar la aprobación, paga y encuentra sus correos', async (t) => {
  const { pagina } = await visitar(t, navegador)
  await pagina.goto(servidor.ui)
  const origen = pagina.getByRole('combobox', { name: 'Origen' })
  await origen.fill('bogota')
  await pagina.getByRole('option').first().waitFor()
  await origen.press('ArrowDown')
  await origen.press('Enter')
  const destino = pagina.getByRole('combobox', { name: 'Destino' })
  await destino.fill('medellin')
  await pagina.getByRole('option', { name: /MDE/ }).click()
  await pagina.getByRole('radio', { name: 'Solo ida' }).check()
  await pagina.getByLabel('Ida', { exact: true }).fill(enDias(40))
  await pagina.getByRole('button', { name: 'Buscar' }).click()
  await pagina.waitForURL(/origen=BOG&destino=MDE/)
  await reservar(pagina, 'Ruiz')
  await pagina.locator('.estado.aprobada').waitFor()
  const localizador = await pagina.locator('.localizador').innerText()
  await pagina.getByRole('button', { name: 'Pagar' }).click()
  await pagina.locator('.estado.pagada').waitFor()
  await hastaQue('sus tres correos', () => servidor.correosDe(localizador) === 3)
  if (!servidor.conBuzon) return
  await pagina.getByRole('link', { name: 'Buzón' }).click()
  await pagina.locator('.buzon li', { hasText: localizador }).nth(2).waitFor()
  await pagina.locator('.buzon li a').first().click()
  await pagina.getByRole('link', { name: 'Ver la reserva' }).click()
  await pagina.getByText(localizador).waitFor()
})

test('un viaje que vuelve por otra ciudad se busca, vive en la dirección y se reserva entero', async (t) => {
  const { pagina } = await visitar(t, navegador)
  await pagina.goto(servidor.ui)
  await pagina.getByRole('radio', { name: 'Volver por otra ciudad' }).check()
  for (const [campo, codigo] of [
    ['Origen', 'BOG'],
    ['Destino', 'MAD'],
    ['Regreso desde', 'BCN'],
    ['Regreso hasta', 'MDE'],
  ] as const) {
    await pagina.getByRole('combobox', { name: campo }).fill(codigo)
    await pagina.getByRole('option', { name: new RegExp(codigo) }).click()
  }
  await pagina.getByLabel('Ida', { exact: true }).fill(enDias(40))
  await pagina.getByRole('button', { name: 'Buscar' }).click()
  await pagina.getByText('Elige la fecha de regreso').waitFor()
  await pagina.getByLabel('Regreso', { exact: true }).fill(enDias(50))
  await pagina.getByRole('button', { name: 'Buscar' }).click()
  await pagina.waitForURL(/origen=BOG&destino=MAD&.*origen_regreso=BCN&destino_regreso=MDE/)
  await pagina.locator('.oferta').first().waitFor()
  await pagina.reload()
  assert.ok(await pagina.getByRole('radio', { name: 'Volver por otra ciudad' }).isChecked())
  await reservar(pagina, 'Abierto')
  await pagina.getByRole('heading', { name: 'Bogotá → Madrid · Barcelona → Medellín' }).waitFor()
})

test('una oferta que ya no vale se vuelve a cotizar con un clic, dice la diferencia y se reserva sin escribir todo otra vez', async (t) => {
  const { pagina } = await visitar(t, navegador, { tolerar: /400/ })
  await buscar(pagina, servidor.ui)
  await llenar(pagina, 'Cambio')
  // El servidor dirá que cambió: la oferta está firmada, así que sólo se puede envejecer lo que la página recuerda de ella.
  await pagina.evaluate(`{
    const viaje = JSON.parse(sessionStorage.viaje)
    viaje.oferta.precio.total -= 1000000
    sessionStorage.viaje = JSON.stringify(viaje)
  }`)
  await pagina.route('**/api/vuelos/reserva-comando', (ruta) =>
    ruta.fulfill({ status: 400, json: { codigo: 'OfertaSinCambios', detail: 'El precio cambió', status: 400 } }),
  )
  await pagina.reload()
  await pagina.getByLabel('Nombre').fill('Ana')
  await pagina.getByLabel('Apellido').fill('Cambio')
  await pagina.getByLabel('Correo').fill('ana@example.com')
  await pagina.getByRole('button', { name: 'Reservar' }).click()
  await pagina.unroute('**/api/vuelos/reserva-comando')
  await pagina.getByRole('button', { name: 'Ver el precio de ahora' }).click()
  await pagina.getByText(/Los mismos vuelos cuestan ahora .*Son \$\s10\.000 más que antes\./).waitFor()
  await pagina.getByRole('button', { name: 'Seguir con este precio' }).click()
  await pagina.getByRole('button', { name: 'Reservar' }).click()
  await pagina.waitForURL(/\/reserva\/[0-9a-f-]{36}$/)
})

test('unos vuelos que ya no se venden llevan a los demás de la misma búsqueda', async (t) => {
  const { pagina } = await visitar(t, navegador)
  await buscar(pagina, servidor.ui)
  await pagina.locator('.oferta button').first().click()
  await pagina.evaluate(`{
    const viaje = JSON.parse(sessionStorage.viaje)
    viaje.oferta.vence = new Date(0).toISOString()
    viaje.oferta.odos[0].segmentos[0].legs[0].vuelo = 'XX 1'
    sessionStorage.viaje = JSON.stringify(viaje)
  }`)
  await pagina.reload()
  await pagina.getByRole('button', { name: 'Ver el precio de ahora' }).click()
  await pagina.getByText('Esos vuelos ya no se venden para tus fechas.').waitFor()
  await pagina.getByRole('link', { name: 'Ver otros vuelos' }).click()
  await pagina.locator('.oferta').first().waitFor()
})

test('dos navegadores a la vez: cada uno ve sólo lo suyo, y un localizador con su apellido abre lo de otro', async (t) => {
  const [ana, luis] = [await visitar(t, navegador), await visitar(t, navegador, { tolerar: /404/ })]
  for (const { pagina } of [ana, luis]) await buscar(pagina, servidor.ui)
  const [deAna, deLuis] = [await reservar(ana.pagina, 'Ruiz'), await reservar(luis.pagina, 'Mora')]
  await ana.pagina.locator('.estado.aprobada').waitFor()
  const localizador = await ana.pagina.locator('.localizador').innerText()
  for (const [{ pagina }, suya, ajena] of [
    [ana, deAna, deLuis],
    [luis, deLuis, deAna],
  ] as const) {
    await pagina.goto(`${servidor.ui}/mis-reservas`)
    await pagina.locator(`a[href="/reserva/${suya}"]`).waitFor()
    assert.equal(await pagina.locator(`a[href="/reserva/${ajena}"]`).count(), 0)
  }
  await luis.pagina.getByLabel('Localizador').fill(localizador)
  await luis.pagina.getByLabel('Apellido').fill('Otro')
  await luis.pagina.getByRole('button', { name: 'Encontrar' }).click()
  await luis.pagina.getByRole('alert').waitFor()
  await luis.pagina.getByLabel('Apellido').fill('ruiz')
  await luis.pagina.getByRole('button', { name: 'Encontrar' }).click()
  await luis.pagina.waitForURL(`${servidor.ui}/reserva/${deAna}`)
})

test('doble clic, atrás y otra vez: una sola reserva', async (t) => {
  const { pagina } = await visitar(t, navegador)
  await buscar(pagina, servidor.ui)
  await llenar(pagina, 'Doble')
  await pagina.getByRole('button', { name: 'Reservar' }).dblclick()
  await pagina.waitForURL(/\/reserva\/[0-9a-f-]{36}$/)
  const primera = pagina.url()
  await pagina.goto(`${servidor.ui}/reservar`)
  assert.equal(await pagina.getByLabel('Apellido').inputValue(), 'Doble')
  await pagina.getByLabel('Nombre').fill('Ana')
  await pagina.getByLabel('Apellido').fill('Doble')
  await pagina.getByLabel('Correo').fill('ana@example.com')
  await pagina.getByRole('button', { name: 'Reservar' }).click()
  await pagina.waitForURL(primera)
  await pagina.goto(`${servidor.ui}/mis-reservas`)
  await pagina.locator('.oferta').first().waitFor()
  assert.equal(await pagina.locator('.oferta').count(), 1)
})

test('quien se va antes de que la operación termine no vuelve solo', async (t) => {
  const { pagina } = await visitar(t, navegador)
  await buscar(pagina, servidor.ui)
  await llenar(pagina, 'Prisa')
  let soltar = () => {}
  const retenida = new Promise<void>((resolver) => {
    soltar = resolver
  })
  await pagina.route('**/api/operaciones/**', async (ruta) => {
    await retenida
    await ruta.continue().catch(() => {})
  })
  await pagina.getByRole('button', { name: 'Reservar' }).click()
  await pagina.waitForURL(/\/reserva\/.*operacion=/)
  await pagina.getByRole('link', { name: 'Mis reservas' }).click()
  const leida = pagina.waitForResponse(/api\/operaciones/)
  soltar()
  await leida
  await pagina.locator('.oferta').first().waitFor()
  assert.equal(new URL(pagina.url()).pathname, '/mis-reservas')
})

test('cancelar son dos pasos y dice qué se devuelve', async (t) => {
  const { pagina } = await visitar(t, navegador)
  await buscar(pagina, servidor.ui)
  await reservar(pagina, 'Cancela')
  await pagina.locator('.estado.aprobada').waitFor()
  await pagina.getByRole('button', { name: 'Cancelar…' }).click()
  await pagina.getByText('No pagaste, así que no hay nada que devolver.').waitFor()
  await pagina.getByRole('button', { name: 'Sí, cancelar' }).click()
  await pagina.locator('.estado.cancelada').waitFor()
  assert.equal(await pagina.getByRole('button', { name: 'Pagar' }).count(), 0)
})

test('el servidor muere a mitad de un comando y vuelve: la página se recupera sola y la reserva es una', async (t) => {
  const propio = await abrirSistema(t)
  const { pagina } = await visitar(t, navegador, { tolerar: /ERR_CONNECTION|WebSocket|502|503|504|Failed to load/ })
  await buscar(pagina, propio.ui)
  await llenar(pagina, 'Terco')
  await pagina.getByRole('button', { name: 'Reservar' }).click()
  await pagina.waitForURL(/\/reserva\//)
  await propio.morir()
  await propio.volver()
  await pagina.locator('.estado.aprobada').waitFor({ timeout: 30_000 })
  assert.equal(await pagina.locator('.tiempo .hecho').count(), 3)
  await pagina.reload()
  await pagina.locator('.estado.aprobada').waitFor()
  await pagina.goto(`${propio.ui}/mis-reservas`)
  await pagina.locator('.oferta').first().waitFor()
  assert.equal(await pagina.locator('.oferta').count(), 1)
})

for (const [idioma, ancho, oscuro] of [
  ['es-CO', 1280, false],
  ['en-US', 360, true],
] as const)
  test(`nada se interpone en ninguna pantalla (${idioma}, ${ancho} px) ni se sale de ella`, async (t) => {
    const { pagina } = await visitar(t, navegador, { idioma, ancho, oscuro, tolerar: /404|422/ })
    const revisar = async (nombre: string) => {
      assert.deepEqual(await barreras(pagina), [], nombre)
      assert.ok(await pagina.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth'), `${nombre} se desborda`)
    }
    await pagina.goto(servidor.ui)
    await revisar('inicio')
    await pagina.getByRole('combobox').first().fill('bog')
    await pagina.getByRole('option').first().waitFor()
    await revisar('lista de aeropuertos')
    await buscar(pagina, servidor.ui, { origen_regreso: 'CTG', destino_regreso: 'BOG', regreso: enDias(50) })
    await pagina.locator('.oferta').first().waitFor()
    await revisar('viaje abierto')
    await buscar(pagina, servidor.ui, { destino: 'XXX' })
    await pagina.getByRole('alert').waitFor()
    await revisar('búsqueda sin sentido')
    await buscar(pagina, servidor.ui)
    await pagina.locator('.oferta').first().waitFor()
    await revisar('resultados')
    await llenar(pagina, 'Barreras')
    await revisar('pasajeros')
    await pagina.locator('form.dos button[type=submit]').click()
    await pagina.locator('.estado.aprobada').waitFor()
    await revisar('reserva')
    await pagina.locator('.talon .enlace').first().click()
    await pagina.locator('.confirmar').waitFor()
    await revisar('cancelación')
    await pagina.goto(`${servidor.ui}/mis-reservas`)
    await pagina.locator('.oferta').first().waitFor()
    await revisar('mis reservas')
    if (servidor.conBuzon) {
      await pagina.goto(`${servidor.ui}/buzon`)
      await pagina.locator('.buzon li a').first().click()
      await pagina.locator('.correo').waitFor()
      await revisar('buzón')
    }
    await pagina.goto(`${servidor.ui}/no-existe`)
    await pagina.locator('.vacio').waitFor()
    await revisar('página que no existe')
  })
