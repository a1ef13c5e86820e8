// Puerta S3 [--tramas 200000 --desde 1]: tramas hostiles a los enchufes de la interfaz y a los del broker, mientras otro cliente escucha.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { WebSocketServer } from 'ws'
import { anunciar } from '../../puerta.ts'
import { conBlanco, crecimiento, enMegas } from '../apoyo/blanco.ts'
import { conPlazo } from '../apoyo/plazo.ts'
import { type Ataque, atacar, blancosDe } from './atacar.ts'
import { abrirTestigo } from './testigo.ts'

const PLAZO_MS = 600_000
const CRECE_POR_CIENTO = 5
const BASTANTES = 50_000
const OBLIGADOS = [1002, 1003, 1007, 1008, 1009]
const TRAMAS_DEL_CONTROL = 4_000

const { values } = parseArgs({ options: { tramas: { type: 'string', default: '200000' }, desde: { type: 'string', default: '1' } } })
const [tramas, desde] = [Number(values.tramas), Number(values.desde)]

/** Un servidor que no mira si el texto es UTF-8, ni cuánto mide, ni cuántas veces le hablan: se tiene que notar. */
const verControl = async (): Promise<readonly string[]> => {
  const descuidado = new WebSocketServer({ port: 0, host: '127.0.0.1', skipUTF8Validation: true, maxPayload: 0 })
  await once(descuidado, 'listening')
  descuidado.on('connection', (enchufe) => enchufe.on('error', () => {}))
  const { port } = descuidado.address() as AddressInfo
  const blancos = blancosDe({ interfaz: port, broker: port }).slice(0, 2)
  const { faltas } = await atacar({ tramas: TRAMAS_DEL_CONTROL, desde: 1, blancos })
  for (const enchufe of descuidado.clients) enchufe.terminate()
  descuidado.close()
  return faltas
}

const juntar = (...mapas: readonly Ataque['codigos'][]): ReadonlyMap<number, number> =>
  mapas.reduce((todos, uno) => {
    const suma = new Map(todos)
    for (const [codigo, veces] of uno) suma.set(codigo, (suma.get(codigo) ?? 0) + veces)
    return suma
  }, new Map<number, number>())

await conPlazo('S3', PLAZO_MS, async () => {
  const control = await verControl()
  await conBlanco(async (blanco) => {
    const testigo = await abrirTestigo(blanco)
    const inicio = performance.now()
    let cambios = 0
    let dichas = 0
    const alAvanzar = async (hechas: number, total: number): Promise<void> => {
      const parte = (total + hechas) / tramas
      if (parte * 10 > dichas + 1) console.error(`S3: ${Math.round(++dichas * 10)} %`)
      if (parte * testigo.cuantas > cambios && cambios < testigo.cuantas) {
        cambios += 1
        await testigo.cambiarOtra()
      }
    }
    const blancos = blancosDe(blanco)
    const una = await atacar({ tramas: tramas / 2, desde, blancos, alAvanzar: (hechas) => alAvanzar(hechas, 0) })
    const mitad = await blanco.hijo.pedir('reposar', {})
    const otra = await atacar({
      tramas: tramas / 2,
      desde: desde + una.enchufes,
      blancos,
      alAvanzar: (hechas) => alAvanzar(hechas, una.tramas),
    })
    const segundos = (performance.now() - inicio) / 1_000
    const sinOir = await testigo.faltas()
    const final = await blanco.hijo.pedir('reposar', {})
    const [fallas, prototipos] = [await blanco.hijo.pedir('fallas', {}), await blanco.hijo.pedir('prototiposTocados', {})]
    const codigos = juntar(una.codigos, otra.codigos)
    const crece = crecimiento(mitad, final)
    anunciar({
      id: 'S3',
      nombre: 'websocket_hostil',
      corridas: una.tramas + otra.tramas,
      cuentas: {
        desde,
        enchufes: una.enchufes + otra.enchufes,
        testigo: `${testigo.recibidas()}/${cambios}`,
        s: Math.round(segundos),
        memoria: `${enMegas(mitad.usada)}→${enMegas(final.usada)}MB(${crece.usada}%)`,
        rss: `${enMegas(mitad.rss)}→${enMegas(final.rss)}MB(${crece.rss}%)`,
      },
      control: control.length > 0 ? 'rojo' : 'verde',
      faltas: [
        ...una.faltas,
        ...otra.faltas,
        ...sinOir,
        ...fallas,
        ...prototipos.map((nombre) => `el prototipo de ${nombre} cambió`),
        ...(tramas >= BASTANTES ? OBLIGADOS.filter((codigo) => !codigos.has(codigo)).map((codigo) => `nunca se cerró con ${codigo}`) : []),
        ...(tramas >= BASTANTES && crece.usada > CRECE_POR_CIENTO ? [`la memoria usada creció un ${crece.usada} %`] : []),
      ],
      detalle: [
        `control: ${control.length} faltas; la primera, ${control[0]}`,
        ...[...codigos].sort().map(([codigo, veces]) => `cierres ${codigo}: ${veces}`),
      ],
    })
  })
})
