import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as momento } from 'node:timers/promises'
import { Client, credentials } from '@grpc/grpc-js'
import { mulberry32 } from 'seedwork/pruebas/entorno_virtual.ts'
import { llamar, metadatos } from 'sidecar/llamar.ts'
import { abrirPulsar, type PulsarDePruebas } from '../../herramientas/pulsar/servidor.ts'
import { CLAVE } from '../apoyo/api.ts'
import { crearCliente } from '../apoyo/cliente.ts'
import { unaCompra, unaOferta } from '../apoyo/ofertas.ts'
import { type Contexto, cargar, type Diario, repetirDesconocidos } from '../procesos/apoyo/carga.ts'
import { hastaQue } from '../procesos/apoyo/hechos.ts'
import { faltas, leerRestos, type Restos } from '../procesos/apoyo/leyes.ts'
import { drenado, faltasPorFuera, firmasCon } from '../procesos/apoyo/por_fuera.ts'
import type { NombreDeServicio } from '../procesos/apoyo/servicios.ts'
import { barajar, correosDe, historias, pagina } from '../procesos/apoyo/testigos.ts'
import { leerTodoElLog } from './log.ts'
import { type CuatroProcesos, cuatroProcesos, NOMBRES, porSalir } from './procesos.ts'

const SEMILLA = Number(process.env.SEMILLA ?? 20_261_126)
const ESPACIO = 'default'
/** Las veces que muere Pulsar: diez, o menos donde haya prisa. */
const MUERTES = Number(process.env.MUERTES ?? 10)
/** Con cada una muere uno de los cuatro; con la última, mientras salen los correos de unas compras, las notificaciones. */
const VICTIMAS: readonly NombreDeServicio[] = Array.from({ length: MUERTES - 1 }, (_, n) => NOMBRES[n % NOMBRES.length] ?? 'api')
const COMPRAS = 8
/** La carga es la de un día normal: poca y sin pausa, también mientras Pulsar no está. */
const DE_CADA_VEZ = 4
const ENTRE_VECES_MS = 400
/** Un arriendo que nadie soltó, lo que Pulsar tarda en volver y lo que se juntó. */
const DRENAR_MS = 180_000

const contarlo = (que: string): void => console.error(`  … ${que}`)

/** Pide sin parar, a la API que haya, hasta que se le diga. */
const pedirSiempre = (t: TestContext, contexto: Contexto, procesos: CuatroProcesos) => {
  let sigue = true
  t.after(() => {
    sigue = false
  })
  const carga = (async () => {
    for (; sigue; await momento(ENTRE_VECES_MS)) {
      const { terminado } = procesos.vivos.api
      await cargar(contexto, { api: procesos.api(), terminado }, DE_CADA_VEZ)
    }
  })()
  return async (): Promise<void> => {
    sigue = false
    await carga
  }
}

/** Pulsar y un proceso mueren, uno antes que el otro según la suerte, y vuelven a la vez. */
const morirDos = async (
  pulsar: PulsarDePruebas,
  procesos: CuatroProcesos,
  victima: NombreDeServicio,
  azar: () => number,
): Promise<void> => {
  const muertes = [pulsar.matar, () => procesos.matar(victima)]
  for (const morir of azar() < 0.5 ? muertes : muertes.toReversed()) {
    await momento(azar() * 1_500)
    await morir()
  }
  await Promise.all([pulsar.revivir(), procesos.arrancar(victima)])
}

const leer = async (carpeta: string, puertoHttp: number): Promise<Restos> =>
  leerRestos(carpeta, await leerTodoElLog({ puertoHttp, espacio: ESPACIO }))

const eventosDe = ({ log }: Restos) => log.filter(({ topico }) => topico === 'eventos-reserva')

test(`Pulsar muere ${MUERTES} veces con -9 y con él uno de los cuatro procesos, bajo carga: nada se pierde, se dobla ni se desordena`, async (t) => {
  const inicio = performance.now()
  const alMinuto = (): string => `${Math.round((performance.now() - inicio) / 1_000)} s`
  const pulsar = await abrirPulsar()
  t.after(pulsar.parar)
  const { puertoHttp } = pulsar
  const procesos = await cuatroProcesos(t, { puertoHttp, espacio: ESPACIO, comun: { UI_EMITIR_TODO: '1' } })
  await procesos.arrancarTodos()
  const { carpeta } = procesos.banco
  const firmas = firmasCon(CLAVE, 'ana', 'beto')
  const diario: Diario = []
  const contexto: Contexto = { diario, azar: mulberry32(SEMILLA), firmas: firmas.viajeros }
  const vista = pagina(t, procesos.ui)
  await hastaQue('que la página escuche', vista.escucha)

  const parar = pedirSiempre(t, contexto, procesos)
  for (const [i, victima] of barajar(VICTIMAS, contexto.azar).entries()) {
    const vistos = vista.cuantos()
    await hastaQue('que la página vea algo de esta vida', () => vista.cuantos() > vistos + 10, DRENAR_MS)
    await morirDos(pulsar, procesos, victima, contexto.azar)
    contarlo(`muerte ${i + 1}, con ${victima}: ${diario.length} intentos, la página vio ${vista.cuantos()} (a los ${alMinuto()})`)
  }
  await parar()
  const vida = { api: procesos.api(), terminado: procesos.vivos.api.terminado }
  await repetirDesconocidos(contexto, vida)
  const alParar = performance.now()
  await hastaQue('que todo salga hacia Pulsar', () => porSalir(carpeta) === 0, DRENAR_MS)
  await drenado(vida.api, DRENAR_MS)
  const drenarMs = performance.now() - alParar
  const restos = await leer(carpeta, puertoHttp)
  assert.deepEqual(faltas(restos, diario).slice(0, 20), [])
  assert.deepEqual((await faltasPorFuera(vida.api, { restos, diario, firmas })).slice(0, 20), [])
  await hastaQue('que las notificaciones lo atiendan todo', () => correosDe(carpeta).size >= eventosDe(restos).length, DRENAR_MS)
  contarlo(`${eventosDe(restos).length} eventos, todos atendidos (a los ${alMinuto()})`)

  const { enviados, finales } = await comprarSinPulsar(pulsar, procesos)
  const log = eventosDe(await leer(carpeta, puertoHttp))
  await hastaQue('que la página lo vea todo', () => vista.cuantos() >= log.length, DRENAR_MS)
  assert.deepEqual(historias(await vista.terminar()), historias(log.map(({ llave, tipo }) => ({ reserva: llave, que: tipo }))))
  assert.deepEqual(
    vista.recuperados.slice(1).filter((recuperado) => recuperado !== true),
    [],
    'la página tuvo que empezar de nuevo',
  )
  await atiendePorGrpc(t, procesos, { id: log[0]?.llave ?? '', operador: firmas.operador })
  const desenlaces = Object.entries(Object.groupBy(diario, ({ desenlace }) => desenlace)).map(([que, suyos]) => `${suyos.length} ${que}`)
  t.diagnostic(
    `semilla ${SEMILLA} · ${MUERTES} muertes de Pulsar y ${MUERTES} de procesos · ${diario.length} intentos: ${desenlaces.join(', ')} · ${log.length} eventos · ${enviados} correos, ${finales.filter((uno) => uno === 'ambiguo').length} ambiguos · la página volvió ${vista.recuperados.length - 1} veces · drenado en ${Math.round(drenarMs / 1_000)} s · ${alMinuto()}`,
  )
  for (const nombre of NOMBRES.toReversed()) {
    procesos.vivos[nombre].senal('SIGTERM')
    assert.deepEqual(await procesos.vivos[nombre].fin(), { codigo: 0, senal: null }, procesos.vivos[nombre].errores())
  }
})

/** Unas compras hechas sin Pulsar: cada una, su correo de creada y su correo de aprobada, una vez, aunque quien los manda muera a mitad. */
const comprarSinPulsar = async (pulsar: PulsarDePruebas, procesos: CuatroProcesos) => {
  const { correo, banco } = procesos
  const cliente = crearCliente(procesos.api())
  await pulsar.matar()
  for (let i = 0; i < COMPRAS; i++) {
    const { estado, texto } = await cliente.pedir('POST', '/vuelos/reserva', { cuerpo: unaCompra(await unaOferta(cliente)) })
    assert.equal(estado, 200, texto)
  }
  assert.equal(correo.aceptados.length, 0)
  await pulsar.revivir()
  await hastaQue('que salga alguno', () => correo.aceptados.length > 2, DRENAR_MS)
  await procesos.matar('notificaciones')
  await procesos.arrancar('notificaciones')
  const finales = () => [...correosDe(banco.carpeta).values()].filter((estado) => estado === 'enviado' || estado === 'ambiguo')
  await hastaQue('un correo de la creación y otro de la aprobación de cada compra', () => finales().length >= 2 * COMPRAS, DRENAR_MS)
  await hastaQue('que todo salga hacia Pulsar', () => porSalir(banco.carpeta) === 0, DRENAR_MS)
  await drenado(procesos.api(), DRENAR_MS)
  assert.equal(finales().length, 2 * COMPRAS)
  const enviados = correo.aceptados.map(({ headers }) => headers.find(({ key }) => key === 'x-aeroalpes-evento')?.value)
  assert.equal(new Set(enviados).size, enviados.length, 'un correo salió dos veces')
  return { enviados: enviados.length, finales: finales() }
}

const atiendePorGrpc = async (
  t: TestContext,
  procesos: CuatroProcesos,
  { id, operador }: { id: string; operador: string },
): Promise<void> => {
  const adaptador = new Client(procesos.grpc(), credentials.createInsecure())
  t.after(() => adaptador.close())
  const { reserva } = await llamar(adaptador, 'consultarReserva', { id }, { metadata: metadatos({ 'x-actor': operador }) })
  assert.equal(reserva?.id, id)
}
