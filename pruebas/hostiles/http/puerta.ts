// Puerta S1 [--peticiones 200000 --semilla 1]: peticiones hostiles hechas del documento OpenAPI, y bytes que no son HTTP, por enchufes de verdad.
import { parseArgs } from 'node:util'
import { anunciar } from '../../puerta.ts'
import { conBlanco, crecimiento, enMegas } from '../apoyo/blanco.ts'
import { conPlazo } from '../apoyo/plazo.ts'
import { type Ataque, atacar } from './atacar.ts'

const CRECE_POR_CIENTO = 5
/** En una máquina que se comparte; en una tranquila debería quedar por debajo de 50. */
const CANARIO_P99_MS = 250
/** Con menos, que una ruta no salga bien o que la memoria se mueva es cosa de la suerte. */
const BASTANTES = 20_000
const CONTROL = { peticiones: 2_000, semilla: 1, soloRutas: '/control' }
const PLAZO_MS = 900_000

const { values } = parseArgs({ options: { peticiones: { type: 'string', default: '200000' }, semilla: { type: 'string', default: '1' } } })
const [peticiones, semilla] = [Number(values.peticiones), Number(values.semilla)]

type Visto = Ataque & Readonly<{ fallas: readonly string[]; prototipos: readonly string[] }>

const verAtaque = (encargo: Parameters<typeof atacar>[1], control = false): Promise<Visto> =>
  conBlanco(
    async (blanco) => {
      const ataque = await atacar(blanco, encargo)
      const [fallas, prototipos] = [await blanco.hijo.pedir('fallas', {}), await blanco.hijo.pedir('prototiposTocados', {})]
      return { ...ataque, fallas, prototipos }
    },
    { control },
  )

const percentil = (ordenadas: readonly number[], parte: number): number => ordenadas[Math.floor(ordenadas.length * parte)] ?? Number.NaN

const faltasDe = (visto: Visto): readonly string[] => {
  const { mitad, final, canario, porRuta } = visto
  const crece = crecimiento(mitad, final)
  const sinBien = [...porRuta].filter(([, { bien }]) => bien === 0).map(([ruta]) => ruta)
  const p99 = percentil(canario.latencias, 0.99)
  return [
    ...visto.faltas,
    ...visto.fallas,
    ...visto.prototipos.map((nombre) => `el prototipo de ${nombre} cambió`),
    ...(canario.malas > 0 ? [`el canario no recibió lo suyo ${canario.malas} veces`] : []),
    ...(peticiones >= BASTANTES && sinBien.length > 0 ? [`nunca salieron bien: ${sinBien.join(', ')}`] : []),
    ...(peticiones >= BASTANTES && crece.usada > CRECE_POR_CIENTO ? [`la memoria usada creció un ${crece.usada} %`] : []),
    ...(p99 > CANARIO_P99_MS ? [`el canario esperó ${p99.toFixed(0)} ms en su p99`] : []),
  ]
}

/** El servidor con una ruta rota: tienen que verse su 500, su promesa sin atender y lo que retiene. */
const verControl = async (): Promise<{ rojo: boolean; detalle: string }> => {
  const roto = await verAtaque(CONTROL, true)
  const [quinientos, rechazos] = [roto.faltas.some((una) => una.startsWith('un 500')), roto.fallas.some((una) => una.startsWith('rechazo'))]
  const { usada } = crecimiento(roto.mitad, roto.final)
  const retiene = roto.faltas.length > 0 && roto.final.usada - roto.mitad.usada > 0
  return { rojo: quinientos && rechazos, detalle: `control: 500=${quinientos} rechazos=${rechazos} retiene=${retiene} (${usada} %)` }
}

await conPlazo('S1', PLAZO_MS, async () => {
  const control = await verControl()
  const visto = await verAtaque({ peticiones, semilla })
  const { mitad, final, canario } = visto
  const crece = crecimiento(mitad, final)
  anunciar({
    id: 'S1',
    nombre: 'http_hostil',
    corridas: visto.enviadas,
    cuentas: {
      semilla,
      crudas: visto.crudas,
      rutas: visto.porRuta.size,
      s: Math.round(visto.segundos),
      canario_p50_ms: percentil(canario.latencias, 0.5).toFixed(1),
      canario_p99_ms: percentil(canario.latencias, 0.99).toFixed(1),
      memoria: `${enMegas(mitad.usada)}→${enMegas(final.usada)}MB(${crece.usada}%)`,
      rss: `${enMegas(mitad.rss)}→${enMegas(final.rss)}MB(${crece.rss}%)`,
    },
    control: control.rojo ? 'rojo' : 'verde',
    faltas: faltasDe(visto),
    detalle: [
      control.detalle,
      `aprendido: ${JSON.stringify(visto.aprendido)}`,
      ...[...visto.porRuta].map(([ruta, { enviadas, bien }]) => `${ruta}: ${enviadas}, bien ${bien}`),
      ...[...visto.cuentas].sort().map(([que, veces]) => `${que}: ${veces}`),
    ],
  })
})
