import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pasar } from 'node:timers/promises'
import { mulberry32 } from 'seedwork/pruebas/entorno_virtual.ts'
import { WebSocket } from 'ws'
import { abrirBroker, unEvento, unFinal } from '../../../tests/apoyo/broker.ts'
import { abrirUi, type Trama } from '../../../tests/apoyo/ui.ts'
import { leerSesion, nuevaSesion } from '../web/sesion.ts'

const NAVEGADORES = 500
const RESERVAS_POR_NAVEGADOR = 5
const POR_RESERVA = ['ReservaCreada', 'Crear', 'ReservaAprobada', 'Pagar'] as const
const DESENLACES = NAVEGADORES * RESERVAS_POR_NAVEGADOR * POR_RESERVA.length
const CORTES = 1_500

/** Lo que una pestaña muestra: reconecta siempre, desde lo último que vio. */
const pestana = (url: () => string, cookie: string) => {
  const vistos: string[] = []
  const reinicios: Trama[] = []
  let posicion: string | undefined
  let enchufe: WebSocket
  let cerrada = false
  const conectar = () => {
    const consulta = posicion === undefined ? '' : `?desde=${posicion}`
    enchufe = new WebSocket(`${url()}/${consulta}`, { headers: { cookie } })
    enchufe.on('message', (texto) => {
      const trama = JSON.parse(String(texto)) as Trama
      const perdida = trama.control !== undefined && !trama.recuperado && posicion !== undefined
      if (perdida) reinicios.push(trama)
      posicion = trama.posicion
      if (trama.control === undefined) vistos.push(`${trama.data?.id_reserva} ${trama.operacion?.comando ?? trama.evento}`)
    })
    enchufe.on('error', () => {})
    enchufe.on('close', () => cerrada || setTimeout(conectar, 1))
  }
  conectar()
  return {
    vistos,
    reinicios,
    empezo: () => posicion !== undefined,
    cortar: () => enchufe.terminate(),
    cerrar: () => {
      cerrada = true
      enchufe.terminate()
    },
  }
}

const hasta = async (que: string, seCumple: () => boolean): Promise<void> => {
  const limite = performance.now() + 30_000
  while (!seCumple()) {
    if (performance.now() > limite) throw new Error(`No pasó: ${que}`)
    await pasar(5)
  }
}

test(`${NAVEGADORES} navegadores, ${DESENLACES} desenlaces, cortes al azar y un reinicio: ninguno falta, ninguno se repite`, async () => {
  const { broker, publicar, cerrar } = await abrirBroker()
  // Con una memoria tan corta, quien se atrasa de verdad tiene que leer el registro.
  const opciones = { limites: { memoria: { avisos: 512, bytes: 1_000_000 } } }
  let ui = await abrirUi({ broker, opciones })
  const azar = mulberry32(20_260_401)
  const pestanas = Array.from({ length: NAVEGADORES }, (_, i) => {
    const cookie = `sesion=${nuevaSesion().secreto}`
    return { i, propietario: leerSesion({ cookie }, false)?.id ?? '', ...pestana(() => ui.url.replace('http', 'ws'), cookie) }
  })
  await hasta('todas conectadas', () => pestanas.every(({ empezo }) => empezo()))

  const pendientes = pestanas.flatMap(({ i, propietario }) =>
    Array.from({ length: RESERVAS_POR_NAVEGADOR }, (_, r) => ({
      id: `r-${i}-${r}`,
      quien: { propietario, actor: `viajero:${propietario}` },
      paso: 0,
    })),
  )
  let [publicados, cortes, reiniciada] = [0, 0, false]
  while (pendientes.length > 0) {
    const mensajes = Array.from({ length: 20 }, () => {
      const cual = Math.floor(azar() * pendientes.length)
      const reserva = pendientes[cual]
      if (reserva === undefined) return []
      const paso = POR_RESERVA[reserva.paso++] ?? 'ReservaCreada'
      if (reserva.paso === POR_RESERVA.length) pendientes.splice(cual, 1)
      return [
        paso.startsWith('Reserva')
          ? unEvento(paso as 'ReservaCreada', reserva.id, reserva.quien)
          : unFinal(paso, reserva.id, reserva.quien),
      ]
    }).flat()
    await publicar(...mensajes)
    publicados += mensajes.length
    for (; cortes < (publicados / DESENLACES) * CORTES; cortes++) pestanas[Math.floor(azar() * NAVEGADORES)]?.cortar()
    if (!reiniciada && publicados > DESENLACES / 2) {
      reiniciada = true
      const vieja = ui
      ui = await abrirUi({ broker, opciones })
      await vieja.cerrar()
    }
  }
  assert.equal(publicados, DESENLACES)
  await hasta('llega todo', () => pestanas.reduce((suma, { vistos }) => suma + vistos.length, 0) >= DESENLACES)

  for (const { i, vistos, reinicios } of pestanas) {
    assert.deepEqual(reinicios, [])
    assert.equal(new Set(vistos).size, vistos.length, 'ninguno dos veces')
    for (let r = 0; r < RESERVAS_POR_NAVEGADOR; r++) {
      const suyos = vistos.filter((visto) => visto.startsWith(`r-${i}-${r} `)).map((visto) => visto.split(' ')[1] ?? '')
      assert.deepEqual(suyos.toSorted(), [...POR_RESERVA].toSorted())
      // Dentro de cada tópico, en el orden de su reserva.
      assert.deepEqual(
        suyos.filter((tipo) => tipo.startsWith('Reserva')),
        ['ReservaCreada', 'ReservaAprobada'],
      )
      assert.deepEqual(
        suyos.filter((tipo) => !tipo.startsWith('Reserva')),
        ['Crear', 'Pagar'],
      )
    }
  }
  for (const { cerrar: cerrarla } of pestanas) cerrarla()
  await ui.cerrar()
  await cerrar()
})
