// npm run pruebas -- R6 [--paradas 10 --cortes 200 --muertes 6 --agotadas 2 --semilla N]: dos procesos de la API sobre un PostgreSQL que muere.
import { setTimeout as momento } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { conCliente } from 'seedwork/pruebas/postgres.ts'
import { abrirDosApis, type DosApis, sobreviven, sondear } from '../../tests/procesos/apoyo/dos_apis.ts'
import { hastaQue } from '../../tests/procesos/apoyo/hechos.ts'
import { anunciar, type Visto } from '../puerta.ts'
import { conAlcance, conPlazo, decir } from './apoyo/alcance.ts'
import { contarFaltas, controlDeLeyes } from './apoyo/cuentas.ts'

const VUELVE_MS = 2_000
const RETENIDA_MS = 1_500

const { values } = parseArgs({
  options: {
    paradas: { type: 'string', default: '10' },
    cortes: { type: 'string', default: '200' },
    muertes: { type: 'string', default: '6' },
    agotadas: { type: 'string', default: '2' },
    semilla: { type: 'string', default: '20261128' },
  },
})

/** Otro tiene la tabla tomada y cada conexión de los dos procesos acaba esperándola. Da cuánto tarda, desde que la suelta, la primera reserva. */
const agotarConexiones = async ({ servidor, apis }: DosApis): Promise<number> => {
  await conCliente(servidor.direccion(), async (cliente) => {
    await cliente.query('BEGIN; LOCK TABLE reservas IN ACCESS EXCLUSIVE MODE')
    await momento(RETENIDA_MS)
    await cliente.query('ROLLBACK')
  })
  const desde = performance.now()
  await hastaQue('la primera reserva', async () => (await Promise.all(apis.map(({ url }) => sondear(url)))).some(Boolean))
  return performance.now() - desde
}

const ver = (): Promise<Visto> =>
  conAlcance(async (alcance) => {
    const [paradas, cortes, muertes, agotadas] = [values.paradas, values.cortes, values.muertes, values.agotadas].map(Number) as [
      number,
      number,
      number,
      number,
    ]
    const semilla = Number(values.semilla)
    const dos = await abrirDosApis(alcance, { semilla })
    decir('los dos procesos atienden')
    const dejarDeCargar = dos.cargar()
    const sueltas: number[] = []
    for (let i = 0; i < agotadas; i++) {
      await dos.queSigan(20)
      sueltas.push(await agotarConexiones(dos))
    }
    await dejarDeCargar()
    decir(`con las conexiones agotadas ${agotadas} veces`)
    const visto = await sobreviven(dos, { semilla, paradas, cortes, muertes })
    const { restos } = await dos.revisar()
    const tardes = [...visto.vueltas, ...sueltas].filter((ms) => ms > VUELVE_MS).map((ms) => `la primera reserva tardó ${ms} ms`)
    return {
      id: 'R6',
      nombre: 'postgres',
      corridas: paradas,
      cuentas: {
        semilla,
        ...contarFaltas(visto.faltas),
        cortadas: visto.cortadas,
        agotadas,
        muertes,
        primera_ms: Math.round(Math.max(0, ...visto.vueltas)),
        tras_agotarse_ms: Math.round(Math.max(0, ...sueltas)),
      },
      control: controlDeLeyes(restos, dos.contexto.diario),
      faltas: [...visto.faltas, ...tardes, ...(await dos.detener())],
      detalle: [
        `primera reserva tras cada parada, en ms: ${visto.vueltas.map(Math.round).join(', ')}`,
        `intentos: ${JSON.stringify(visto.intentos)}; mensajes publicados: ${visto.mensajes}`,
        'control: sin un mensaje, con uno doblado y con dos cambiados de lugar, el comprobador lo dice',
      ],
    }
  })

conPlazo(Math.max(170, Number(values.paradas) * 20))
anunciar(await ver())
