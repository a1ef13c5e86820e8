import { contratoDeBroker } from '../../../pruebas/contrato_broker.ts'
import { abrirBancoPulsar } from './banco_de_prueba.ts'

contratoDeBroker('pulsar', () => abrirBancoPulsar())
